using TorchSharp;

namespace Watermark.TorchSharp.Models;

/// <summary>Numbers that must live until a native call has used them.</summary>
internal static class Scalars
{
    /// <summary>
    /// The factor of an addition. Without it the binding creates a number that nothing refers to, and a garbage collection
    /// on another thread may free that number while the native code reads it.
    /// </summary>
    public static readonly Scalar One = 1.ToScalar();
}
