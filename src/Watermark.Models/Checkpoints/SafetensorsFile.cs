using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Watermark.Models.Checkpoints;

/// <summary>
/// Reads tensors from a safetensors file: eight bytes with the header's length, a JSON header that names every
/// tensor's type, shape and place, and the numbers, little-endian and row by row.
/// </summary>
/// <remarks>Format: <see href="https://github.com/huggingface/safetensors#format"/>. Only the header is read at first.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const long LongestHeader = 100_000_000;

    private readonly FileStream stream;
    private readonly Dictionary<string, SafetensorsEntry> entries = new(StringComparer.Ordinal);
    private readonly long dataStart;

    private SafetensorsFile(FileStream stream)
    {
        this.stream = stream;
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
            throw Malformed("it is shorter than the 8 bytes of its header's length");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader || (long)length > stream.Length - prefix.Length)
            throw Malformed($"its header should have {length} bytes, which the file does not have or no header needs");
        dataStart = prefix.Length + (long)length;
        var header = new byte[length];
        stream.ReadExactly(header);
        using JsonDocument document = StrictJson.Parse(header, $"The header of the safetensors file '{stream.Name}'");
        ReadHeader(document.RootElement);
        CheckPlaces();
    }

    /// <summary>The tensors' names, in the order of the header.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputFormatException">The file is not a safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream stream = File.OpenRead(path);
        try
        {
            return new SafetensorsFile(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The sizes of a tensor; empty for a single number.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="InputFormatException">There is no tensor with this name.</exception>
    public IReadOnlyList<long> ShapeOf(string name) => Entry(name).Shape;

    /// <summary>The type of a tensor's numbers, such as <c>BF16</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="InputFormatException">There is no tensor with this name.</exception>
    public string TypeOf(string name) => Entry(name).Type;

    /// <summary>Reads bytes of a tensor as they stand in the file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="offset">The first byte, counted from the tensor's own first.</param>
    /// <param name="destination">Receives the bytes; the tensor must hold as many.</param>
    /// <exception cref="InputFormatException">There is no tensor with this name, or it does not hold these bytes.</exception>
    public void ReadBytes(string name, long offset, Span<byte> destination)
    {
        SafetensorsEntry entry = Entry(name);
        if (offset < 0 || offset > entry.End - entry.Begin - destination.Length)
            throw Malformed($"the tensor '{name}' does not hold the bytes {offset} to {offset + destination.Length}");
        stream.Position = dataStart + entry.Begin + offset;
        stream.ReadExactly(destination);
    }

    /// <summary>Reads whole rows of a matrix as single-precision numbers; bfloat16 and float16 are widened exactly.</summary>
    /// <param name="name">The matrix.</param>
    /// <param name="first">The first row.</param>
    /// <param name="destination">Receives whole rows.</param>
    /// <exception cref="InputFormatException">There is no such matrix, or its type is not float32, float16 or bfloat16.</exception>
    public void ReadRows(string name, long first, Span<float> destination)
    {
        SafetensorsEntry entry = Entry(name);
        if (entry.Shape.Length != 2)
            throw Malformed($"the tensor '{name}' has {entry.Shape.Length} dimensions; a matrix was expected");
        byte[] bytes = new byte[(long)destination.Length * entry.ElementBytes];
        ReadBytes(name, first * entry.Shape[1] * entry.ElementBytes, bytes);
        switch (entry.Type)
        {
            case "F32":
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(destination);
                break;
            case "F16":
                System.Numerics.Tensors.TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), destination);
                break;
            case "BF16":
                ReadOnlySpan<ushort> words = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)words[i] << 16);
                break;
            default:
                throw Malformed($"the tensor '{name}' has type {entry.Type}; F32, F16 or BF16 was expected");
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => stream.Dispose();

    private SafetensorsEntry Entry(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return entries.TryGetValue(name, out SafetensorsEntry? entry) ? entry : throw Malformed($"it has no tensor '{name}'");
    }

    private void ReadHeader(JsonElement header)
    {
        if (header.ValueKind != JsonValueKind.Object)
            throw Malformed("its header is not a JSON object");
        foreach (JsonProperty property in header.EnumerateObject())
        {
            if (property.Name == "__metadata__")
                continue;
            entries.Add(property.Name, ReadEntry(property));
        }
    }

    private SafetensorsEntry ReadEntry(JsonProperty property)
    {
        JsonElement value = property.Value;
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out JsonElement type) || type.ValueKind != JsonValueKind.String
            || !value.TryGetProperty("shape", out JsonElement shape) || !TryReadNumbers(shape, out long[] sizes)
            || !value.TryGetProperty("data_offsets", out JsonElement offsets) || !TryReadNumbers(offsets, out long[] places) || places.Length != 2)
        {
            throw Malformed($"the tensor '{property.Name}' needs a dtype, a shape and two data_offsets");
        }

        SafetensorsEntry? entry = SafetensorsEntry.Create(type.GetString()!, sizes, places[0], places[1]);
        if (entry is null || entry.End > stream.Length - dataStart)
            throw Malformed($"the tensor '{property.Name}' does not fit its data_offsets {places[0]} to {places[1]} or reaches past the file's end");
        return entry;
    }

    /// <summary>The format forbids overlaps and holes.</summary>
    private void CheckPlaces()
    {
        long end = 0;
        foreach ((string name, SafetensorsEntry entry) in entries.OrderBy(item => item.Value.Begin).ThenBy(item => item.Value.End))
        {
            if (entry.Begin != end)
                throw Malformed($"the tensor '{name}' begins at {entry.Begin} where {end} was expected");
            end = entry.End;
        }

        if (end != stream.Length - dataStart)
            throw Malformed($"its tensors end at {end}, its data at {stream.Length - dataStart}");
    }

    private static bool TryReadNumbers(JsonElement array, out long[] numbers)
    {
        numbers = [];
        if (array.ValueKind != JsonValueKind.Array)
            return false;
        numbers = new long[array.GetArrayLength()];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (array[i].ValueKind != JsonValueKind.Number || !array[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                return false;
        }

        return true;
    }

    private InputFormatException Malformed(string what) => new($"The safetensors file '{stream.Name}' cannot be read: {what}.");
}
