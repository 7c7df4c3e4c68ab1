using Watermark.TestKit;

namespace Watermark.OnnxRuntimeGenAI.Tests;

public sealed class SampleTests
{
    [Fact]
    public void The_chat_is_marked() => Assert.True(SampleProgram.LastLogP(SampleProgram.Run("OnnxRuntimeGenAI", "OnnxRuntimeGenAISample")) < -50);
}
