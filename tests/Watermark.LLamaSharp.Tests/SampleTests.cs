using Watermark.TestKit;

namespace Watermark.LLamaSharp.Tests;

public sealed class SampleTests
{
    [Fact]
    public void The_endpoint_marks_by_account() => Assert.True(SampleProgram.LastLogP(SampleProgram.Run("MinimalApi", "MinimalApi", "--once")) < -50);

    [Fact]
    public void The_chat_is_marked() => Assert.True(SampleProgram.LastLogP(SampleProgram.Run("LLamaSharp", "LLamaSharpSample")) < -50);
}
