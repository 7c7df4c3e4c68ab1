using TorchSharp;

namespace Watermark.TorchSharp.Models;

/// <summary>Numbers for native calls that outlive them.</summary>
internal static class Scalars
{
    /// <summary>
    /// The factor of an addition. Left away, the binding makes one for the call that nothing refers to, and a garbage
    /// collection on another thread may free it while the native code reads it.
    /// </summary>
    public static readonly Scalar One = 1;
}
