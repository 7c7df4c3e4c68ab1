namespace Watermark.Schemes;

/// <summary>What a person needs to know to choose or recognise a scheme, and how its parameters are read.</summary>
public sealed record SchemeDescriptor
{
    /// <summary>The name in key files.</summary>
    public required string Name { get; init; }

    /// <summary>One line on what it does.</summary>
    public required string Summary { get; init; }

    /// <summary>The parameters in a key file, with ranges and defaults, one line.</summary>
    public required string Parameters { get; init; }

    /// <summary>The shape of the key file's <c>secret</c>, one line.</summary>
    public required string Secret { get; init; }

    /// <summary>The null of a total over n rows, one line.</summary>
    public required string Null { get; init; }

    /// <summary>The source paper.</summary>
    public required string Paper { get; init; }

    /// <summary>The engine or repository that writes this mark.</summary>
    public required string Engine { get; init; }

    /// <summary>Reads the parameters; calls <see cref="SchemeParameters.RefuseUnknown"/> last.</summary>
    public required Func<SchemeParameters, WatermarkScheme> Read { get; init; }
}
