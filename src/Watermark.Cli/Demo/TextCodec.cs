namespace Watermark.Cli.Demo;

/// <summary>A tokenizer as the demonstration needs it. Both directions must be safe for concurrent use.</summary>
/// <param name="Encode">Text to token ids, without special tokens.</param>
/// <param name="Decode">Token ids to text.</param>
/// <param name="EndOfText">An id that <paramref name="Encode"/> never returns, such as 100257 for cl100k_base.</param>
internal sealed record TextCodec(Func<string, int[]> Encode, Func<int[], string> Decode, int EndOfText);
