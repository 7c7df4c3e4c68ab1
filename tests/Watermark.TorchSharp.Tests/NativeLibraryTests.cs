using TorchSharp;

namespace Watermark.TorchSharp.Tests;

public sealed class NativeLibraryTests
{
    [Fact]
    public void The_native_library_loads_on_this_machine_and_adds()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor sum = torch.tensor(new[] { 1f, 2f }).add(torch.tensor(new[] { 3f, 4f }));
        Assert.Equal([4f, 6f], sum.data<float>().ToArray());
    }
}
