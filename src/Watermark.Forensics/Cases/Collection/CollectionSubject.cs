using System.Globalization;
using Microsoft.Extensions.AI;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>A suspect or control that is asked.</summary>
/// <param name="Name">Its name in the case (<see cref="PlannedSubject.IsName"/>).</param>
/// <param name="Role">What it is.</param>
/// <param name="Client">The client that asks it; the caller disposes it.</param>
public sealed record CollectionSubject(string Name, SubjectRole Role, IChatClient Client)
{
    /// <summary>The model that is asked for.</summary>
    public string Model { get; init; } = string.Empty;

    /// <summary>The endpoint's address without secrets; empty where there is none, such as for a model in this process.</summary>
    public string Endpoint { get; init; } = string.Empty;

    /// <summary>The parameters of the requests.</summary>
    public CollectionParameters Parameters { get; init; } = new();

    /// <summary>
    /// Whether the client hands every attempt to <see cref="WireExchange.Current"/>. Otherwise the log holds the prompt's id and
    /// the text of the reply, and no bytes.
    /// </summary>
    public bool RecordsWire { get; init; }
}

/// <summary>The parameters of requests to a subject; null leaves one to the endpoint.</summary>
public sealed record CollectionParameters
{
    /// <summary>The temperature, 0 … 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>The probability mass that is sampled from, above 0 … 1.</summary>
    public double? TopP { get; init; }

    /// <summary>The largest number of tokens of a reply, 1 or more.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The seed of a prompt's first reply; further replies to the same prompt take the numbers that follow.</summary>
    public long? Seed { get; init; }

    /// <summary>The system prompt; null for none.</summary>
    public string? System { get; init; }

    /// <summary>A sentence on what is wrong, which names the field and what was expected, or null.</summary>
    public string? Fault()
    {
        if (Temperature is { } temperature && !(temperature is >= 0 and <= 2))
            return Words.Fault("temperature", temperature, "a number from 0 to 2");
        if (TopP is { } mass && !(mass is > 0 and <= 1))
            return Words.Fault("topP", mass, "a number above 0 and at most 1");
        return MaxTokens is < 1 ? Words.Fault("maxTokens", MaxTokens.Value, "a whole number from 1") : null;
    }

    internal ChatOptions ToChat(int sample) => new()
    {
        Temperature = (float?)Temperature,
        TopP = (float?)TopP,
        MaxOutputTokens = MaxTokens,
        Seed = Seed + sample,
    };

    /// <summary>The parameters by name, for the log.</summary>
    internal IReadOnlyList<NamedValue> Named(int sample)
    {
        var named = new List<NamedValue>();
        Add("temperature", Temperature?.ToString("R", CultureInfo.InvariantCulture));
        Add("topP", TopP?.ToString("R", CultureInfo.InvariantCulture));
        Add("maxTokens", MaxTokens?.ToString(CultureInfo.InvariantCulture));
        Add("seed", (Seed + sample)?.ToString(CultureInfo.InvariantCulture));
        Add("system", System);
        return named;

        void Add(string name, string? value)
        {
            if (value is not null)
                named.Add(new NamedValue(name, value));
        }
    }
}
