using System.Text.Json;
using System.Text.Unicode;
using Parquet;
using Parquet.Data;
using Parquet.File.Values.Primitives;
using Parquet.Schema;

namespace Watermark.Text.Records;

/// <summary>One column of a row group, with the levels that say where its values belong.</summary>
internal abstract class ParquetColumn
{
    /// <summary>The definition level of every entry; empty for a required column outside lists.</summary>
    public required int[] Definitions { get; init; }

    /// <summary>The repetition level of every entry; empty outside lists.</summary>
    public required int[] Repetitions { get; init; }

    /// <summary>Reads a column.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="field">The column.</param>
    /// <param name="count">The number of its entries.</param>
    /// <param name="cancellationToken">Stops between pages.</param>
    /// <remarks>
    /// The types are written out because the library's own reading without a type needs code made at run time, which
    /// programs compiled ahead of time do not have.
    /// </remarks>
    public static Task<ParquetColumn> ReadAsync(ParquetRowGroupReader group, DataField field, int count, CancellationToken cancellationToken)
    {
        Type type = field.ClrType;
        if (type == typeof(ReadOnlyMemory<char>))
            return Read<ReadOnlyMemory<char>>(static (writer, value) => writer.WriteStringValue(value.Span));
        if (type == typeof(ReadOnlyMemory<byte>))
            return Read<ReadOnlyMemory<byte>>(WriteBytes);
        if (type == typeof(int))
            return Read<int>(static (writer, value) => writer.WriteNumberValue(value));
        if (type == typeof(long))
            return Read<long>(static (writer, value) => writer.WriteNumberValue(value));
        if (type == typeof(uint))
            return Read<uint>(static (writer, value) => writer.WriteNumberValue(value));
        if (type == typeof(ulong))
            return Read<ulong>(static (writer, value) => writer.WriteNumberValue(value));
        if (type == typeof(short))
            return Read<short>(static (writer, value) => writer.WriteNumberValue(value));
        if (type == typeof(ushort))
            return Read<ushort>(static (writer, value) => writer.WriteNumberValue(value));
        if (type == typeof(byte))
            return Read<byte>(static (writer, value) => writer.WriteNumberValue(value));
        if (type == typeof(sbyte))
            return Read<sbyte>(static (writer, value) => writer.WriteNumberValue(value));
        if (type == typeof(bool))
            return Read<bool>(static (writer, value) => writer.WriteBooleanValue(value));
        if (type == typeof(float))
            return Read<float>(WriteFloat);
        if (type == typeof(double))
            return Read<double>(WriteDouble);
        if (type == typeof(decimal))
            return Read<decimal>(static (writer, value) => writer.WriteNumberValue(value));
        if (type == typeof(DateTime))
            return Read<DateTime>(static (writer, value) => writer.WriteStringValue(value));
        // Types that no reply is made of are read for their levels alone.
        if (type == typeof(TimeSpan))
            return Read<TimeSpan>(static (writer, _) => writer.WriteNullValue());
        if (type == typeof(Guid))
            return Read<Guid>(static (writer, value) => writer.WriteStringValue(value));
        if (type == typeof(BigDecimal))
            return Read<BigDecimal>(static (writer, _) => writer.WriteNullValue());
        if (type == typeof(Interval))
            return Read<Interval>(static (writer, _) => writer.WriteNullValue());
        throw new InvalidDataException();

        async Task<ParquetColumn> Read<T>(Action<Utf8JsonWriter, T> write)
            where T : struct
        {
            var values = new T[count];
            var definitions = new int[field.MaxDefinitionLevel > 0 ? count : 0];
            var repetitions = new int[field.MaxRepetitionLevel > 0 ? count : 0];
            await group.ReadRawAsync(
                field,
                values.AsMemory(),
                definitions.Length > 0 ? definitions.AsMemory() : default(Memory<int>?),
                repetitions.Length > 0 ? repetitions.AsMemory() : default(Memory<int>?),
                cancellationToken).ConfigureAwait(false);
            return new Of<T>(values, write) { Definitions = definitions, Repetitions = repetitions };
        }
    }

    // Older writers do not mark text as such; an image is of no use here.
    private static void WriteBytes(Utf8JsonWriter writer, ReadOnlyMemory<byte> value)
    {
        if (Utf8.IsValid(value.Span))
            writer.WriteStringValue(value.Span);
        else
            writer.WriteNullValue();
    }

    private static void WriteFloat(Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }

    private static void WriteDouble(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }

    /// <summary>Writes a value.</summary>
    /// <param name="at">Its number among the values that are there.</param>
    /// <param name="writer">Where it is written.</param>
    public abstract void Write(int at, Utf8JsonWriter writer);

    private sealed class Of<T>(T[] values, Action<Utf8JsonWriter, T> write) : ParquetColumn
    {
        public override void Write(int at, Utf8JsonWriter writer) => write(writer, values[at]);
    }
}

/// <summary>The columns of a row group, and how far each was read.</summary>
internal sealed class ParquetRowGroup(List<ParquetColumn> columns, long rows)
{
    private readonly int[] entry = new int[columns.Count];
    private readonly int[] value = new int[columns.Count];

    /// <summary>The number of rows.</summary>
    public long Rows => rows;

    /// <summary>The definition level of the next entry of a field's first column.</summary>
    public int Definition(ParquetNode node)
    {
        int[] all = columns[node.FirstColumn].Definitions;
        return all.Length == 0 ? 0 : all[entry[node.FirstColumn]];
    }

    /// <summary>The repetition level of the next entry of a field's first column; -1 at the end.</summary>
    public int Repetition(ParquetNode node)
    {
        int[] all = columns[node.FirstColumn].Repetitions;
        int next = entry[node.FirstColumn];
        return next < all.Length ? all[next] : -1;
    }

    /// <summary>Passes over one entry of every column of a field that is not there.</summary>
    public void Skip(ParquetNode node)
    {
        for (int column = node.FirstColumn; column < node.FirstColumn + node.Columns; column++)
            entry[column]++;
    }

    /// <summary>Writes the next value of a column.</summary>
    public void WriteValue(ParquetNode node, Utf8JsonWriter writer)
    {
        entry[node.FirstColumn]++;
        columns[node.FirstColumn].Write(value[node.FirstColumn]++, writer);
    }
}
