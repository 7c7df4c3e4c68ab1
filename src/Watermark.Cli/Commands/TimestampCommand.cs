using System.CommandLine;
using System.Globalization;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases.Timestamps;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark timestamp</c>: asks an authority to stamp the time of a file of a case, and checks what it answers.</summary>
internal static class TimestampCommand
{
    private const int LongestFile = 1 << 20;

    private const string Help = """
        Shows that a file of a case existed at a time, by a time-stamping authority (RFC 3161) of your choice: 'request' writes
        a query with the file's SHA-256 and nothing else of it; you send the query; 'attach' checks the reply and keeps it. The
        tool itself never uses the network. What can be stamped: commitments, plan, log, statement.

        Stamp the commitments before anything is collected: otherwise the report says "key not shown to precede the data".

        Examples:
          watermark timestamp request case/ commitments
          watermark timestamp attach case/ commitments --reply commitments.tsr --chain authority.pem
        """;

    public static Command Create() => new("timestamp", HelpText.Flow(Help)) { CreateRequest(), CreateAttach() };

    private static Command CreateRequest()
    {
        Argument<string> folder = Folder(), name = Name();
        var policy = new Option<string?>("--policy") { HelpName = "OID", Description = "The authority's policy to ask for, such as 1.2.3.4.1. Default: its own choice." };
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("request", "Writes timestamps/NAME.tsq, the query for a file of the case.") { folder, name, policy, force, json };
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            (string root, string what) = (parse.GetValue(folder)!, parse.GetValue(name)!);
            string path = Path.Combine(root, TimestampFiles.QueryOf(what));
            string replyPath = Path.Combine(root, TimestampFiles.ReplyOf(what));
            OutputFile output = OutputFile.Check(path, parse.GetValue(force), Path.Combine(root, TimestampFiles.FileOf(what)));
            if (File.Exists(replyPath) && !parse.GetValue(force))
                throw new InputFormatException($"{replyPath} exists, and a new query would make it void; give --force to ask again.");
            (byte[] query, string sha256, long length) = TimestampFiles.Request(root, what, CheckPolicy(parse.GetValue(policy)));
            output.Write(stream => stream.Write(query));
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            if (console.Json)
            {
                console.WriteJson(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("query", path);
                    writer.WriteString("sha256", sha256);
                    writer.WriteNumber("length", length);
                    writer.WriteEndObject();
                });
                return Task.FromResult(ExitCodes.Done);
            }

            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {path}: SHA-256 {sha256} of the {length} bytes of {TimestampFiles.FileOf(what)}."));
            console.WriteLine($"Send it: curl -sS -H 'Content-Type: application/timestamp-query' --data-binary @{path} URL-OF-THE-AUTHORITY -o {what}.tsr");
            console.WriteLine($"Look at the reply: openssl ts -reply -in {what}.tsr -text");
            console.WriteLine($"Then: {Invocation.OfProcess()} timestamp attach {root} {what} --reply {what}.tsr --chain AUTHORITY.pem");
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static Command CreateAttach()
    {
        Argument<string> folder = Folder(), name = Name();
        var reply = new Option<string>("--reply") { HelpName = "FILE", Description = "The authority's reply (.tsr).", Required = true };
        var chain = new Option<string>("--chain") { HelpName = "FILE", Description = "The authority's certificates up to its root (PEM). The root decides: take it from the authority, not from the reply.", Required = true };
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("attach", "Checks the reply against the query, its signature and its certificates at the time that it states, and keeps it as timestamps/NAME.tsr and NAME.pem.") { folder, name, reply, chain, force, json };
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            (string root, string what) = (parse.GetValue(folder)!, parse.GetValue(name)!);
            (string replyPath, string chainPath) = (parse.GetValue(reply)!, parse.GetValue(chain)!);
            string[] inputs = [replyPath, chainPath, Path.Combine(root, TimestampFiles.QueryOf(what)), Path.Combine(root, TimestampFiles.FileOf(what))];
            OutputFile keptChain = OutputFile.Check(Path.Combine(root, TimestampFiles.ChainOf(what)), parse.GetValue(force), inputs);
            OutputFile keptReply = OutputFile.Check(Path.Combine(root, TimestampFiles.ReplyOf(what)), parse.GetValue(force), inputs);
            (byte[] token, byte[] certificates) = (ReadShort(replyPath), ReadShort(chainPath));
            TimestampResult result = TimestampFiles.Check(root, what, token, certificates);
            if (result.Fault is { } fault)
                throw new InputFormatException($"{replyPath}: {fault}");
            keptChain.Write(stream => stream.Write(certificates));
            keptReply.Write(stream => stream.Write(token));
            Report(result, keptReply.Path, ConsoleOutput.ForProcess(parse.GetValue(json)));
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static void Report(TimestampResult result, string path, ConsoleOutput console)
    {
        string time = result.GenTime!.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
        if (console.Json)
        {
            console.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("reply", path);
                writer.WriteString("time", time);
                writer.WriteString("authority", result.Authority);
                writer.WriteString("root", result.Root);
                writer.WriteString("rootSha256", result.RootSha256);
                writer.WriteString("sha256", result.Sha256);
                writer.WriteNumber("length", result.Length);
                writer.WriteEndObject();
            });
            return;
        }

        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {path}: {TimestampFiles.FileOf(result.Name)}, {result.Length} of {result.FileLength} bytes, existed at {time}, says {result.Authority}."));
        console.WriteLine($"Its root: {result.Root}, SHA-256 {result.RootSha256}.");
    }

    private static Argument<string> Folder() => new("CASE") { Description = "The folder of the case." };

    private static Argument<string> Name()
    {
        var name = new Argument<string>("NAME") { Description = $"What is stamped: {string.Join(", ", TimestampFiles.Names)}." };
        name.AcceptOnlyFromAmong([.. TimestampFiles.Names]);
        return name;
    }

    private static string? CheckPolicy(string? policy) =>
        policy is null || (policy.Split('.') is { Length: > 1 } arcs && arcs.All(arc => arc.Length is > 0 and <= 18 && arc.All(char.IsAsciiDigit)) && policy[0] is '0' or '1' or '2')
            ? policy
            : throw new InputFormatException("--policy must be an object identifier such as 1.2.3.4.1.");

    private static byte[] ReadShort(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > LongestFile })
            throw new InputFormatException($"{path}: at most 1 MiB was expected.");
        return File.ReadAllBytes(path);
    }
}
