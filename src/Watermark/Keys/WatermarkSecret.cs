using System.Text.Json;

namespace Watermark.Keys;

/// <summary>
/// Secret material of a watermark. Never printed, never compared in variable time, erased on dispose. The schemes of
/// this library take a <see cref="WatermarkKey"/>; schemes made elsewhere have secrets of their own shape.
/// </summary>
public abstract class WatermarkSecret : IDisposable
{
    /// <summary>Whether the secret was disposed.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>Why this secret proves nothing, because others use it too; null where nothing is known against it.</summary>
    public virtual string? Weakness => null;

    /// <summary>Writes the secret as the value of the key file's <c>secret</c> member.</summary>
    /// <param name="writer">A writer positioned for a value.</param>
    public abstract void WriteTo(Utf8JsonWriter writer);

    /// <summary>A copy with its own lifetime.</summary>
    public abstract WatermarkSecret Clone();

    /// <summary>
    /// The public id of the secret under a scheme, 16 lower-case hexadecimal digits. It does not reveal the secret of
    /// a cryptographic scheme; a secret from a small key space can be found from it by trying them all.
    /// </summary>
    /// <param name="scheme">The scheme the secret belongs to.</param>
    public abstract string IdFor(Schemes.WatermarkScheme scheme);

    /// <summary>Erases the secret.</summary>
    public void Dispose()
    {
        if (!IsDisposed)
            EraseSecret();
        IsDisposed = true;
        GC.SuppressFinalize(this);
    }

    /// <summary>Overwrites the secret with zeros.</summary>
    protected abstract void EraseSecret();

    /// <summary>The class name; never the secret.</summary>
    public sealed override string ToString() => $"{GetType().Name} (hidden)";
}
