using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Randomness;

namespace Watermark.Keys;

/// <summary>
/// The secret of a scheme of another engine: named integers, such as <c>{"hashKey": 15485863}</c>. Integers beyond ±(2^53 −
/// 1), which JavaScript cannot hold, are decimal strings; both forms are read.
/// </summary>
/// <remarks>
/// A new secret is given a random salt for its ids (<see cref="WatermarkSecret.IdSalt"/>); a key file keeps both.
/// </remarks>
public sealed class IntegerSecret : WatermarkSecret
{
    private const long LargestExact = (1L << 53) - 1;

    private readonly SecretShape shape;
    private readonly Int128[][] values;

    private IntegerSecret(SecretShape shape, Int128[][] values)
    {
        this.shape = shape;
        this.values = values;
        DrawIdSalt();
    }

    /// <inheritdoc/>
    public override string? Weakness
    {
        get
        {
            using SecretUse use = Use();
            for (int i = 0; i < values.Length; i++)
            {
                foreach (IReadOnlyList<Int128> published in shape.Fields[i].Published)
                {
                    if (published.SequenceEqual(values[i]))
                        return "The secret is a published default that others use too: finding this mark proves nothing about who made the text.";
                }
            }

            return null;
        }
    }

    /// <summary>A secret from its values.</summary>
    /// <param name="shape">The members.</param>
    /// <param name="values">The integers of each member, copied; a single one for a member that is not a list.</param>
    /// <exception cref="ArgumentException">A value is out of range; the message does not show it.</exception>
    public static IntegerSecret Create(SecretShape shape, params ReadOnlySpan<Int128[]> values)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (values.Length != shape.Fields.Count)
            throw new ArgumentException($"The secret has {shape.Fields.Count} members, not {values.Length}.", nameof(values));
        var copy = new Int128[values.Length][];
        for (int i = 0; i < copy.Length; i++)
        {
            SecretField field = shape.Fields[i];
            if (values[i].Length < 1 || values[i].Length > (field.IsList ? SecretField.MaximumListLength : 1) || !values[i].All(value => value >= field.Minimum && value <= field.Maximum))
                throw new ArgumentException($"The secret's member '{field.Name}' must be {Expected(field)}.", nameof(values));
            copy[i] = [.. values[i]];
        }

        return new IntegerSecret(shape, copy);
    }

    /// <summary>Draws every member uniformly from its range; members with a default keep it.</summary>
    /// <param name="shape">The members.</param>
    /// <param name="random">The source of bits.</param>
    public static IntegerSecret Draw(SecretShape shape, RandomBits random)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(random);
        var drawn = new Int128[shape.Fields.Count][];
        for (int i = 0; i < drawn.Length; i++)
        {
            SecretField field = shape.Fields[i];
            drawn[i] = new Int128[field.IsList ? field.DrawnLength : 1];
            for (int j = 0; j < drawn[i].Length; j++)
                drawn[i][j] = field.Default ?? DrawBetween(field.Minimum, field.Maximum, random);
        }

        return new IntegerSecret(shape, drawn);
    }

    /// <summary>Reads the key file's <c>secret</c> object.</summary>
    /// <param name="shape">The members.</param>
    /// <param name="element">The JSON value.</param>
    /// <exception cref="InputFormatException">The value is not an object with these members; the message never shows a secret value.</exception>
    public static IntegerSecret Read(SecretShape shape, JsonElement element)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (element.ValueKind != JsonValueKind.Object)
            throw new InputFormatException($"The field 'secret' must be an object with {string.Join(", ", shape.Fields.Select(field => field.Name))}.");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!shape.Fields.Any(field => field.Name == property.Name))
                throw new InputFormatException($"The field {QuotedName.Of(property.Name, "secret.")} is unknown; known are {string.Join(", ", shape.Fields.Select(field => field.Name))}.");
        }

        return new IntegerSecret(shape, [.. shape.Fields.Select(field => ReadField(field, element))]);
    }

    /// <summary>The integer of a member.</summary>
    /// <param name="name">The member's name.</param>
    public Int128 Value(string name)
    {
        using SecretUse use = Use();
        return values[shape.IndexOf(name)][0];
    }

    /// <summary>A copy of the integers of a list; the caller erases it.</summary>
    /// <param name="name">The member's name.</param>
    public Int128[] Values(string name)
    {
        using SecretUse use = Use();
        return [.. values[shape.IndexOf(name)]];
    }

    /// <inheritdoc/>
    public override WatermarkSecret Clone()
    {
        using SecretUse use = Use();
        var clone = new IntegerSecret(shape, [.. values.Select(list => (Int128[])list.Clone())]);
        clone.UseIds(IdVersion, IdSalt);
        return clone;
    }

    /// <inheritdoc/>
    public override void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        using SecretUse use = Use();
        writer.WriteStartObject();
        for (int i = 0; i < values.Length; i++)
        {
            SecretField field = shape.Fields[i];
            writer.WritePropertyName(field.Name);
            if (!field.IsList)
            {
                WriteInteger(writer, values[i][0], field.AsText);
                continue;
            }

            writer.WriteStartArray();
            foreach (Int128 value in values[i])
                WriteInteger(writer, value, field.AsText);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    internal override bool HasIdSalt => true;

    /// <summary>The first 16 digits of SHA-256 of <c>{"scheme":…,"secret":…}</c>: not salted.</summary>
    private protected override string FirstIdFor(ReadOnlySpan<byte> scheme)
    {
        byte[] secret = ToJson();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        byte[] text = [.. "{\"scheme\":"u8, .. scheme, .. ",\"secret\":"u8, .. secret, (byte)'}'];
        SHA256.HashData(text, digest);
        CryptographicOperations.ZeroMemory(text);
        CryptographicOperations.ZeroMemory(secret);
        return Convert.ToHexStringLower(digest[..8]);
    }

    /// <inheritdoc/>
    protected override void EraseSecret()
    {
        foreach (Int128[] list in values)
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(list.AsSpan()));
    }

    private static Int128[] ReadField(SecretField field, JsonElement secret)
    {
        if (!secret.TryGetProperty(field.Name, out JsonElement value))
            return field.Default is { } fallback ? [fallback] : throw new InputFormatException($"The field 'secret.{field.Name}' is missing; it is {Expected(field)}.");
        if (!field.IsList)
            return [ReadInteger(field, value)];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is < 1 or > SecretField.MaximumListLength)
            throw new InputFormatException($"The field 'secret.{field.Name}' must be {Expected(field)}.");
        return [.. value.EnumerateArray().Select(item => ReadInteger(field, item))];
    }

    private static Int128 ReadInteger(SecretField field, JsonElement value)
    {
        string? text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString(),
            _ => null,
        };
        if (Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 number) && number >= field.Minimum && number <= field.Maximum)
            return number;
        throw new InputFormatException($"The field 'secret.{field.Name}' must be {Expected(field)}.");
    }

    private static void WriteInteger(Utf8JsonWriter writer, Int128 value, bool asText)
    {
        if (!asText && value >= -LargestExact && value <= LargestExact)
            writer.WriteNumberValue((long)value);
        else
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private static string Expected(SecretField field)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"from {field.Minimum} to {field.Maximum}");
        return field.IsList
            ? string.Create(CultureInfo.InvariantCulture, $"a list of 1 to {SecretField.MaximumListLength} integers {range}")
            : $"an integer {range}, beyond 2^53 as a decimal string";
    }

    private static Int128 DrawBetween(Int128 minimum, Int128 maximum, RandomBits random)
    {
        UInt128 count = (UInt128)(maximum - minimum) + 1;
        return minimum + (Int128)(UInt128)(count > ulong.MaxValue ? random.NextUInt64() : random.NextBelow((ulong)count));
    }
}
