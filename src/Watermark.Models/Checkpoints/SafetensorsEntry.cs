namespace Watermark.Models.Checkpoints;

/// <summary>One tensor of a safetensors header.</summary>
internal sealed record SafetensorsEntry
{
    private SafetensorsEntry(string type, long[] shape, long elements, int elementBytes, long begin)
    {
        (Type, Shape, Elements, ElementBytes, Begin) = (type, shape, elements, elementBytes, begin);
    }

    /// <summary>The type's name, such as <c>BF16</c>.</summary>
    public string Type { get; }

    /// <summary>The sizes; empty for a single number.</summary>
    public long[] Shape { get; }

    /// <summary>The product of the sizes.</summary>
    public long Elements { get; }

    /// <summary>Bytes of one element.</summary>
    public int ElementBytes { get; }

    /// <summary>The first byte, counted from the end of the header.</summary>
    public long Begin { get; }

    /// <summary>One more than the last byte.</summary>
    public long End => Begin + Elements * ElementBytes;

    /// <summary>The entry, or null where the type is unknown or the sizes do not fill the bytes.</summary>
    public static SafetensorsEntry? Create(string type, long[] shape, long begin, long end)
    {
        int bytes = type switch
        {
            "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" => 1,
            "I16" or "U16" or "F16" or "BF16" => 2,
            "I32" or "U32" or "F32" => 4,
            "I64" or "U64" or "F64" => 8,
            _ => 0,
        };
        Int128 elements = 1;
        foreach (long size in shape)
        {
            elements *= size;
            if (elements > long.MaxValue)
                return null;
        }

        return bytes > 0 && end >= begin && elements * bytes == end - begin
            ? new SafetensorsEntry(type, shape, (long)elements, bytes, begin)
            : null;
    }
}
