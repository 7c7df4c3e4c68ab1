using System.CommandLine;
using Spectre.Console;
using Watermark.Catalog;
using Watermark.Cli.Terminal;
using Watermark.Schemes;
using Cell = Spectre.Console.Text;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark schemes</c>: lists the schemes the tool reads and writes.</summary>
internal static class SchemesCommand
{
    private const string Help = """
        Lists the watermark schemes: parameters, null, source paper and the engine that writes them.

        Examples:
          watermark schemes
          watermark schemes green-list
          watermark schemes --json
        """;

    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "Only this scheme.", Arity = ArgumentArity.ZeroOrOne };
        var json = CommonOptions.Json();
        var command = new Command("schemes", HelpText.Flow(Help)) { name, json };
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            string? only = parse.GetValue(name);
            IReadOnlyList<SchemeDescriptor> schemes = only is null
                ? SchemeCatalog.All
                : [SchemeCatalog.Find(only) ?? throw new InputFormatException($"The scheme '{only}' is not known; 'watermark schemes' lists them.")];
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            if (console.Json)
                WriteJson(schemes, console);
            else
                WriteText(schemes, console);
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static void WriteJson(IReadOnlyList<SchemeDescriptor> schemes, ConsoleOutput console) => console.WriteJson(writer =>
    {
        writer.WriteStartArray();
        foreach (SchemeDescriptor scheme in schemes)
        {
            writer.WriteStartObject();
            foreach ((string label, string value) in Rows(scheme, "; ").Prepend(("name", scheme.Name)))
                writer.WriteString(label, value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static void WriteText(IReadOnlyList<SchemeDescriptor> schemes, ConsoleOutput console)
    {
        foreach (SchemeDescriptor scheme in schemes)
        {
            console.Write(new Markup($"[bold]{Markup.Escape(scheme.Name)}[/]\n"));
            var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(2).PadRight(2)).AddColumn();
            foreach ((string label, string value) in Rows(scheme, "\n"))
                grid.AddRow(new Cell(label), new Cell(value));
            console.Write(grid);
            console.WriteLine();
        }
    }

    private static (string Label, string Value)[] Rows(SchemeDescriptor scheme, string between) =>
    [
        ("summary", scheme.Summary),
        ("parameters", string.Join(between, scheme.Parameters.Select(scheme.Describe))),
        ("secret", scheme.Secret),
        ("null", scheme.Null),
        ("paper", scheme.Paper),
        ("engine", scheme.Engine),
    ];
}
