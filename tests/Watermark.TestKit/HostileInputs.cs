namespace Watermark.TestKit;

/// <summary>Inputs that an earlier version read wrongly; TestData/hostile/README.md says what each is.</summary>
public static class HostileInputs
{
    /// <summary>The path of an input.</summary>
    /// <param name="name">The file's name.</param>
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "TestData", "hostile", name);

    /// <summary>The names of the inputs that begin with some letters; there is at least one.</summary>
    /// <param name="prefix">Such as <c>key-</c>.</param>
    public static IEnumerable<string> Names(string prefix)
    {
        string[] names = [.. Directory.GetFiles(PathOf("."), prefix + "*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        return names.Length > 0 ? names : throw new InvalidOperationException($"There are no inputs {prefix}* in TestData/hostile.");
    }
}
