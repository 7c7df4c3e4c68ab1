using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Watermark.Embedding;
using Watermark.Schemes;
using Watermark.Scoring;
using Watermark.Serving;

namespace Watermark.Native;

/// <summary>The exported functions on keys and on the library; <c>watermark.h</c> describes them.</summary>
internal static unsafe class KeyExports
{
    /// <summary>Changes with every change of the header that breaks callers.</summary>
    private const int AbiVersion = 1;

    [UnmanagedCallersOnly(EntryPoint = "wm_abi_version", CallConvs = [typeof(CallConvCdecl)])]
    public static int GetAbiVersion() => AbiVersion;

    [UnmanagedCallersOnly(EntryPoint = "wm_last_error", CallConvs = [typeof(CallConvCdecl)])]
    public static int LastError(byte* buffer, int capacity) =>
        Failure.Copy(Failure.Message, buffer is null || capacity <= 0 ? default : new Span<byte>(buffer, capacity));

    [UnmanagedCallersOnly(EntryPoint = "wm_key_open", CallConvs = [typeof(CallConvCdecl)])]
    public static int Open(byte* path, byte* passphrase, int passphraseLength, ulong* key)
    {
        try
        {
            Memory.Result(key, nameof(key)) = 0;
            string file = Memory.Text(path) ?? throw new ArgumentNullException(nameof(path), "The path of the key file is NULL.");
            Span<byte> secret = Memory.Span(passphrase, passphraseLength, nameof(passphrase));
            char[]? characters = passphrase is null ? null : Memory.Passphrase(secret);
            try
            {
                *key = Handles.Add(Watermarker.For(file, characters is null ? null : _ => characters));
            }
            finally
            {
                Array.Clear(characters ?? []);
            }

            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_key_free", CallConvs = [typeof(CallConvCdecl)])]
    public static void Free(ulong key)
    {
        if (Handles.Remove(key, out Watermarker? watermarker))
            watermarker.Dispose();
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_key_id", CallConvs = [typeof(CallConvCdecl)])]
    public static int Id(ulong key, byte* buffer, int capacity)
    {
        try
        {
            return Failure.Copy(Handles.Get<Watermarker>(key).KeyId, Memory.Span(buffer, capacity, nameof(buffer)));
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_key_context_width", CallConvs = [typeof(CallConvCdecl)])]
    public static int ContextWidth(ulong key)
    {
        try
        {
            return Handles.Get<Watermarker>(key).SchemeFor().ContextWidth;
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_key_place", CallConvs = [typeof(CallConvCdecl)])]
    public static int Place(ulong key)
    {
        try
        {
            return (int)new WatermarkSession(Handles.Get<Watermarker>(key).SchemeFor()).Place;
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_detect", CallConvs = [typeof(CallConvCdecl)])]
    public static int Detect(ulong key, byte* account, byte* epoch, int* ids, int count, int* prompt, int promptCount, Detection* result)
    {
        try
        {
            ref Detection detection = ref Memory.Result(result, nameof(result));
            detection = default;
            Watermarker watermarker = Handles.Get<Watermarker>(key);
            ReadOnlySpan<int> text = Memory.Span(ids, count, nameof(ids));
            ReadOnlySpan<int> before = Memory.Span(prompt, promptCount, nameof(prompt));
            Memory.RequireIds(text, nameof(ids));
            Memory.RequireIds(before, nameof(prompt));
            WatermarkDetector detector = watermarker.Detector(Memory.Text(account), Memory.Text(epoch));
            detection = Detection.Of(detector.Detect(text, before.IsEmpty ? null : [before.ToArray()]), detector.Scheme.Scheme.Null.TrialsPerRow);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }
}
