using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Watermark.NGrams;

namespace Watermark.Native;

/// <summary>The exported functions on samples: token ids to a file of n-grams, without a key. <c>watermark.h</c> describes them.</summary>
internal static unsafe class SampleExports
{
    [UnmanagedCallersOnly(EntryPoint = "wm_sample_new", CallConvs = [typeof(CallConvCdecl)])]
    public static int New(int contextWidth, ulong* sample)
    {
        try
        {
            Memory.Result(sample, nameof(sample)) = 0;
            *sample = Handles.Add(new SampleBuilder(new SampleSchema { ContextWidth = contextWidth }));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_sample_add", CallConvs = [typeof(CallConvCdecl)])]
    public static int Add(ulong sample, int* ids, int count, int* prompt, int promptCount)
    {
        try
        {
            SampleBuilder builder = Handles.Get<SampleBuilder>(sample);
            ReadOnlySpan<int> text = Memory.Span(ids, count, nameof(ids));
            ReadOnlySpan<int> before = Memory.Span(prompt, promptCount, nameof(prompt));
            Memory.RequireIds(text, nameof(ids));
            Memory.RequireIds(before, nameof(prompt));
            builder.AddDocument(text, before.IsEmpty ? null : [before.ToArray()]);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_sample_write", CallConvs = [typeof(CallConvCdecl)])]
    public static int Write(ulong sample, byte* path)
    {
        try
        {
            SampleBuilder builder = Handles.Get<SampleBuilder>(sample);
            string file = Memory.Text(path) ?? throw new ArgumentNullException(nameof(path), "The path of the sample is NULL.");
            using FileStream stream = File.Create(file);
            builder.Build().Write(stream);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Of(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wm_sample_free", CallConvs = [typeof(CallConvCdecl)])]
    public static void Free(ulong sample) => Handles.Remove<SampleBuilder>(sample, out _);
}
