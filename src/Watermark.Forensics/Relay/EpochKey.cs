using Watermark.Forensics.Findings;
using Watermark.Schemes;

namespace Watermark.Forensics.Relay;

/// <summary>The key of an epoch.</summary>
/// <param name="Epoch">The epoch's id.</param>
/// <param name="Scheme">Scheme and key; the caller disposes it.</param>
/// <param name="Identity">The key's identity, for findings.</param>
/// <param name="InForceFrom">When the key came into force, UTC; null where it is not stated.</param>
public sealed record EpochKey(string Epoch, KeyedScheme Scheme, KeyIdentity Identity, DateTimeOffset? InForceFrom = null);
