namespace Watermark.Cli.Demo;

/// <summary>One reply of a model, as a collector of replies records it.</summary>
/// <param name="Id">The reply's name, unique within a collection.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Text">The reply without its prompt; it begins with the space that follows the prompt, if any.</param>
internal sealed record DemoReply(string Id, string Prompt, string Text);
