using System.Text.Json;
using Watermark.Keys;
using Watermark.Randomness;

namespace Watermark.Schemes.Native;

/// <summary>
/// What the two native marks share: a context of 0 to 8 tokens, a <see cref="WatermarkKey"/> as secret, and AES-128 as
/// keyed pseudo-random function.
/// </summary>
public abstract record NativeScheme : WatermarkScheme
{
    /// <summary>The widest context.</summary>
    public const int MaximumContextWidth = TokenPrf.MaximumContextWidth;

    /// <summary>The default context width.</summary>
    public const int DefaultContextWidth = 2;

    /// <summary>The help text of the context width.</summary>
    private protected const string WidthHelp = "tokens of context that the mark depends on: 1 or 2 for distillation evidence, 4 for provenance";

    private protected NativeScheme()
    {
    }

    /// <inheritdoc/>
    public sealed override int ContextWidth => Width;

    /// <summary>h, checked.</summary>
    private protected int Width
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(ContextWidth));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaximumContextWidth, nameof(ContextWidth));
            field = value;
        }
    } = DefaultContextWidth;

    /// <summary>The row: AES reads the whole context and the token.</summary>
    public sealed override CoinRule Coins => CoinRule.Row;

    /// <inheritdoc/>
    public sealed override WatermarkSecret DrawSecret(RandomBits random) => WatermarkKey.Draw(random);

    /// <inheritdoc/>
    public sealed override WatermarkSecret ReadSecret(JsonElement secret)
    {
        if (secret.ValueKind == JsonValueKind.String && secret.TryGetBytesFromBase64(out byte[]? bytes))
        {
            try
            {
                if (bytes.Length == WatermarkKey.Size)
                    return WatermarkKey.FromBytes(bytes);
            }
            finally
            {
                System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
            }
        }

        throw new InputFormatException($"The field 'secret' must be the base64 text of {WatermarkKey.Size} bytes.");
    }

    /// <summary>The secret as a native key.</summary>
    /// <param name="secret">Any secret.</param>
    /// <exception cref="ArgumentException">The secret is of another kind.</exception>
    private protected WatermarkKey NativeKey(WatermarkSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return secret as WatermarkKey
            ?? throw new ArgumentException($"The scheme '{Name}' takes a {nameof(WatermarkKey)}, not a {secret.GetType().Name}.", nameof(secret));
    }
}
