using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Watermark.Serving;

namespace Watermark.Native;

/// <summary>The exported functions on sessions; <c>watermark.h</c> describes them. 1 says that a position was marked.</summary>
internal static unsafe class SessionExports
{
    [UnmanagedCallersOnly(EntryPoint = "wm_session_new", CallConvs = [typeof(CallConvCdecl)])]
    public static int New(ulong key, byte* account, byte* epoch, int* prompt, int promptCount, ulong* session)
    {
        try
        {
            Memory.Result(session, nameof(session)) = 0;
            Watermarker watermarker = Handles.Get<Watermarker>(key);
            ReadOnlySpan<int> ids = Memory.Span(prompt, promptCount, nameof(prompt));
            *session = Handles.Add(new NativeSession(watermarker.NewSession(ids, Memory.Text(account), Memory.Text(epoch)), promptCount));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_clone", CallConvs = [typeof(CallConvCdecl)])]
    public static int Clone(ulong session, ulong* copy)
    {
        try
        {
            Memory.Result(copy, nameof(copy)) = 0;
            NativeSession entry = Handles.Get<NativeSession>(session);
            lock (entry)
                *copy = Handles.Add(entry.Clone());
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_prime", CallConvs = [typeof(CallConvCdecl)])]
    public static int Prime(ulong session, int* ids, int count)
    {
        try
        {
            NativeSession entry = Handles.Get<NativeSession>(session);
            lock (entry)
            {
                entry.Prime(Memory.Span(ids, count, nameof(ids)));
                return Status.Ok;
            }
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_apply", CallConvs = [typeof(CallConvCdecl)])]
    public static int Apply(ulong session, float* logits, int count)
    {
        try
        {
            NativeSession entry = Handles.Get<NativeSession>(session);
            lock (entry)
            {
                return entry.Session.Apply(Memory.Span(logits, count, nameof(logits))) ? 1 : 0;
            }
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_apply_candidates", CallConvs = [typeof(CallConvCdecl)])]
    public static int ApplyCandidates(ulong session, int* ids, float* logits, int count)
    {
        try
        {
            NativeSession entry = Handles.Get<NativeSession>(session);
            lock (entry)
            {
                return entry.Session.Apply(Memory.Span(ids, count, nameof(ids)), Memory.Span(logits, count, nameof(logits))) ? 1 : 0;
            }
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_reshape", CallConvs = [typeof(CallConvCdecl)])]
    public static int Reshape(ulong session, int* ids, float* probabilities, int count)
    {
        try
        {
            NativeSession entry = Handles.Get<NativeSession>(session);
            lock (entry)
            {
                return entry.Session.Reshape(Memory.Span(ids, count, nameof(ids)), Memory.Span(probabilities, count, nameof(probabilities))) ? 1 : 0;
            }
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_choose", CallConvs = [typeof(CallConvCdecl)])]
    public static int Choose(ulong session, int* ids, float* probabilities, int count, double coin, int* index)
    {
        try
        {
            NativeSession entry = Handles.Get<NativeSession>(session);
            lock (entry)
            {
                ref int chosen = ref Memory.Result(index, nameof(index));
                chosen = -1;
                return entry.Session.TryChoose(Memory.Span(ids, count, nameof(ids)), Memory.Span(probabilities, count, nameof(probabilities)), coin, out chosen) ? 1 : 0;
            }
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_accept", CallConvs = [typeof(CallConvCdecl)])]
    public static int Accept(ulong session, int token)
    {
        try
        {
            NativeSession entry = Handles.Get<NativeSession>(session);
            lock (entry)
            {
                entry.Session.Accept(token);
                return Status.Ok;
            }
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_rewind", CallConvs = [typeof(CallConvCdecl)])]
    public static int Rewind(ulong session, int count)
    {
        try
        {
            NativeSession entry = Handles.Get<NativeSession>(session);
            lock (entry)
            {
                entry.Rewind(count);
                return Status.Ok;
            }
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_follow", CallConvs = [typeof(CallConvCdecl)])]
    public static int Follow(ulong session, int* ids, int count)
    {
        try
        {
            NativeSession entry = Handles.Get<NativeSession>(session);
            lock (entry)
            {
                entry.Follow(Memory.Span(ids, count, nameof(ids)));
                return Status.Ok;
            }
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_length", CallConvs = [typeof(CallConvCdecl)])]
    public static int Length(ulong session)
    {
        try
        {
            NativeSession entry = Handles.Get<NativeSession>(session);
            lock (entry)
            {
                return entry.Session.Length;
            }
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_session_free", CallConvs = [typeof(CallConvCdecl)])]
    public static void Free(ulong session) => Handles.Remove<NativeSession>(session, out _);
}
