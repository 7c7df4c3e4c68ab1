using Watermark.Cli.Terminal;

namespace Watermark.Cli.Tests.Terminal;

public sealed class InvocationTests
{
    [Theory]
    [InlineData("tools/watermark", "watermark")]
    [InlineData("tools/watermark.exe", "watermark")]
    [InlineData(null, "watermark")]
    [InlineData("share/dotnet", "dotnet bin/Watermark.Cli.dll")]
    [InlineData("bin/Watermark.Cli", "bin/Watermark.Cli")]
    [InlineData("my bin/Watermark.Cli", "\"my bin/Watermark.Cli\"")]
    public void A_command_is_shown_as_it_was_started(string? process, string expected)
    {
        string root = Path.GetFullPath("root");
        string shown = Invocation.From(process is null ? null : Path.Combine(root, process), Path.Combine(root, "bin", "Watermark.Cli.dll"), root);

        Assert.Equal(expected, shown.Replace('\\', '/'));
    }

    [Fact]
    public void A_program_elsewhere_is_shown_with_its_whole_path()
    {
        string root = Path.GetFullPath("root");
        string elsewhere = Path.GetFullPath("other/Watermark.Cli");

        Assert.Equal(elsewhere, Invocation.From(elsewhere, "unused", root));
    }
}
