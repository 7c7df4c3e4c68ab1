using TorchSharp;

namespace Watermark.TorchSharp.Models;

/// <summary>The keys and values one attention layer has seen, shape [batch, heads, length, width].</summary>
internal sealed class KeyValueMemory : IDisposable
{
    private torch.Tensor? keys;
    private torch.Tensor? values;

    public long Length => keys?.shape[2] ?? 0;

    public (torch.Tensor Keys, torch.Tensor Values) Append(torch.Tensor key, torch.Tensor value)
    {
        torch.Tensor allKeys = Join(keys, key);
        torch.Tensor allValues = Join(values, value);
        Dispose();
        (keys, values) = (allKeys, allValues);
        return (keys, values);
    }

    public void Dispose()
    {
        keys?.Dispose();
        values?.Dispose();
    }

    private static torch.Tensor Join(torch.Tensor? earlier, torch.Tensor added) =>
        (earlier is null ? added.alias() : torch.cat([earlier, added], 2)).DetachFromDisposeScope();
}
