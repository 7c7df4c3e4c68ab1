using System.Text.Json;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Forensics.Json;

/// <summary>Detection results as members of a JSON object.</summary>
public static class DetectionJson
{
    /// <summary>
    /// Writes <c>tokens</c>, <c>scored</c>, then <c>green</c>, <c>gamma</c>, <c>greenFraction</c> and its interval for
    /// counting schemes or <c>score</c> (points) for the others, then <c>logP</c>, <c>z</c>, <c>logE</c>. Numbers that do not
    /// exist (no token scored) are null.
    /// </summary>
    /// <param name="writer">A writer inside an object.</param>
    /// <param name="result">The result.</param>
    public static void WriteMembers(Utf8JsonWriter writer, DetectionResult result)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("tokens", result.Tokens);
        writer.WriteNumber("scored", result.Scored);
        if (result.Green is { } green)
        {
            writer.WriteNumber("green", green);
            writer.WriteString("gamma", result.Gamma.ToString());
            WriteNumber(writer, "greenFraction", result.GreenFraction);
            WriteInterval(writer, "greenFractionInterval", result.GreenFractionInterval);
        }
        else
        {
            WriteNumber(writer, "score", result.Score);
        }

        WriteNumber(writer, "logP", result.LogP);
        if (result.Method == TailMethod.UpperBound)
            writer.WriteString("logPMethod", "upper bound");
        WriteNumber(writer, "z", result.Z);
        WriteNumber(writer, "logE", result.LogE);
    }

    /// <summary>Writes <c>positions</c>: the score of every token in points, null where none was scored.</summary>
    /// <param name="writer">A writer inside an object.</param>
    /// <param name="scores">Scores in units of the null.</param>
    /// <param name="scoreNull">The null, which gives the unit.</param>
    public static void WritePositions(Utf8JsonWriter writer, ReadOnlySpan<long?> scores, ScoreNull scoreNull)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(scoreNull);
        writer.WriteStartArray("positions");
        foreach (long? score in scores)
        {
            if (score is not { } units)
                writer.WriteNullValue();
            else if (scoreNull.UnitsPerPoint == 1)
                writer.WriteNumberValue(units);
            else
                writer.WriteNumberValue((double)units / scoreNull.UnitsPerPoint);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes a number, or null where it does not exist: JSON has no NaN.</summary>
    /// <param name="writer">A writer inside an object.</param>
    /// <param name="name">The member.</param>
    /// <param name="value">The number.</param>
    internal static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }

    /// <summary>Writes an interval as an array of two numbers, or null.</summary>
    /// <param name="writer">A writer inside an object.</param>
    /// <param name="name">The member.</param>
    /// <param name="interval">The interval.</param>
    internal static void WriteInterval(Utf8JsonWriter writer, string name, (double Low, double High)? interval)
    {
        if (interval is not { } value)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartArray(name);
        writer.WriteNumberValue(value.Low);
        writer.WriteNumberValue(value.High);
        writer.WriteEndArray();
    }
}
