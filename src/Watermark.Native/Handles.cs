using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Watermark.Native;

/// <summary>
/// The objects behind the handles. A handle is a number that is never given twice, so a stale one is an error and never
/// another's object.
/// </summary>
internal static class Handles
{
    private static readonly ConcurrentDictionary<ulong, object> Objects = new();
    private static ulong last;

    /// <summary>Gives an object a handle.</summary>
    public static ulong Add(object value)
    {
        ulong handle = Interlocked.Increment(ref last);
        Objects[handle] = value;
        return handle;
    }

    /// <summary>The object of a handle.</summary>
    /// <exception cref="HandleException">There is none of this kind.</exception>
    public static T Get<T>(ulong handle)
        where T : class =>
        Objects.TryGetValue(handle, out object? value) && value is T found
            ? found
            : throw new HandleException($"The handle {handle} is not a {Name<T>()}, or was freed.");

    /// <summary>Forgets a handle.</summary>
    /// <returns>Whether it was of this kind and not freed before.</returns>
    public static bool Remove<T>(ulong handle, [NotNullWhen(true)] out T? removed)
        where T : class
    {
        removed = Objects.TryGetValue(handle, out object? value) ? value as T : null;
        return removed is not null && Objects.TryRemove(new KeyValuePair<ulong, object>(handle, removed));
    }

    private static string Name<T>() => typeof(T) == typeof(NativeSession) ? "session" : typeof(T) == typeof(Serving.Watermarker) ? "key" : "sample";
}
