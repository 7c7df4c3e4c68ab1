using System.CommandLine;
using System.CommandLine.Parsing;

namespace Watermark.Cli.Terminal;

/// <summary>
/// What is wrong with a command line, in one sentence. It quotes no value that the user typed, since a secret or a
/// passphrase may have been typed where none belongs; logs keep error messages.
/// </summary>
internal static class UsageError
{
    /// <summary>The first fault.</summary>
    /// <param name="parsed">A command line with faults.</param>
    public static string Sentence(ParseResult parsed)
    {
        string command = PathOf(parsed.CommandResult);
        if (parsed.UnmatchedTokens is [var first, ..])
        {
            if (first.StartsWith('-'))
                return $"{OptionName(first)} is not an option of '{command}'; '{command} --help' lists them.";
            return parsed.CommandResult.Command is RootCommand && first.All(letter => char.IsAsciiLetter(letter) || letter == '-')
                ? $"'{first}' is not a command; 'watermark --help' lists them."
                : $"'{command}' was given an argument that it does not take; '{command} --help' shows what it takes.";
        }

        ParseError error = parsed.Errors[0];
        if (error.SymbolResult is OptionResult option && IsQuoted(error, option.Tokens))
            return $"{option.Option.Name}: {Expected(option.Option.ValueType)} was expected.";
        return error.SymbolResult is ArgumentResult argument && IsQuoted(error, argument.Tokens)
            ? argument.Parent is OptionResult owner ? $"{owner.Option.Name}: {Expected(owner.Option.ValueType)} was expected." : $"{argument.Argument.Name}: {Expected(argument.Argument.ValueType)} was expected."
            : error.Message;
    }

    /// <summary>The name of what looks like an option, without a value that is joined to it.</summary>
    /// <param name="token">Such as <c>--name=value</c>.</param>
    public static string OptionName(string token)
    {
        int end = token.AsSpan().IndexOfAny('=', ':', ' ');
        string name = end < 0 ? token : token[..end];
        return name.Length <= 32 && name.All(letter => char.IsAsciiLetter(letter) || letter == '-') ? name : "What was given (not shown, since it may be a secret)";
    }

    /// <summary>The words up to a command, such as <c>watermark timestamp request</c>.</summary>
    private static string PathOf(CommandResult result) =>
        result.Command is RootCommand || result.Parent is not CommandResult parent ? "watermark" : $"{PathOf(parent)} {result.Command.Name}";

    private static bool IsQuoted(ParseError error, IReadOnlyList<Token> tokens) =>
        tokens.Any(token => token.Value.Length > 0 && error.Message.Contains($"'{token.Value}'", StringComparison.Ordinal));

    private static string Expected(Type type)
    {
        Type value = Nullable.GetUnderlyingType(type) ?? type;
        if (value == typeof(int) || value == typeof(long))
            return "a whole number";
        if (value == typeof(ulong))
            return "a whole number from 0 to 2^64 - 1";
        if (value == typeof(double))
            return "a number";
        return value == typeof(bool) ? "true or false" : "one value";
    }
}
