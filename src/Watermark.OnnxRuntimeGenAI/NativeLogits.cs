using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntimeGenAI;

namespace Watermark.OnnxRuntimeGenAI;

/// <summary>
/// The logits of a generator through the engine's C API; its C# API gives a copy only. They are those of the last position, in
/// single precision whatever the model's precision is, shape [sequences, vocabulary] or [sequences, 1, vocabulary].
/// </summary>
internal static unsafe partial class NativeLogits
{
    private const string Library = "onnxruntime-genai";
    private const int Float32 = 1;
    private const int MostDimensions = 8;

    /// <summary>What is done with the logits.</summary>
    /// <typeparam name="TState">What the caller passes through.</typeparam>
    /// <param name="logits">All sequences one after the other; changed in place.</param>
    /// <param name="state">What the caller passed.</param>
    public delegate void Change<TState>(Span<float> logits, TState state);

    /// <summary>Whether this engine has the entry points and the field with the handle.</summary>
    public static bool Supported { get; } = Probe();

    /// <summary>Reads the logits, lets the caller change them, and gives them back to the engine.</summary>
    /// <typeparam name="TState">What the caller passes through.</typeparam>
    /// <param name="generator">The generator, with tokens appended.</param>
    /// <param name="sequences">Its number of sequences.</param>
    /// <param name="state">Passed to <paramref name="change"/>.</param>
    /// <param name="change">Changes them.</param>
    /// <exception cref="InvalidOperationException">The engine refuses.</exception>
    public static void Update<TState>(Generator generator, int sequences, TState state, Change<TState> change)
    {
        nint handle = Handle(generator);
        ObjectDisposedException.ThrowIf(handle == 0, generator);
        Require(OgaGenerator_GetLogits(handle, out nint tensor));
        try
        {
            change(Span(tensor, sequences), state);
            Require(OgaGenerator_SetLogits(handle, tensor));
        }
        finally
        {
            OgaDestroyTensor(tensor);
            GC.KeepAlive(generator);
        }
    }

    private static Span<float> Span(nint tensor, int sequences)
    {
        Require(OgaTensorGetType(tensor, out int type));
        Require(OgaTensorGetShapeRank(tensor, out nuint rank));
        long* shape = stackalloc long[MostDimensions];
        if (type != Float32 || rank is < 2 or > MostDimensions)
            throw new NotSupportedException($"The engine gives logits of element type {type} with {rank} dimensions; expected are float32 (type 1) and 2 to {MostDimensions}.");
        Require(OgaTensorGetShape(tensor, shape, rank));
        long count = 1;
        for (nuint i = 0; i < rank; i++)
            count *= shape[i];
        if (count != sequences * shape[rank - 1])
            throw new NotSupportedException($"The engine gives {count} logits, which is not {shape[rank - 1]} for each of {sequences} sequences; beams are not supported.");
        Require(OgaTensorGetData(tensor, out nint data));
        return new Span<float>((void*)data, checked((int)count));
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever fails here, the answer is that it cannot be used.")]
    private static bool Probe()
    {
        try
        {
            return typeof(Generator).GetField("_generatorHandle", BindingFlags.Instance | BindingFlags.NonPublic)?.FieldType == typeof(nint)
                && NativeLibrary.TryLoad(Library, typeof(NativeLogits).Assembly, null, out nint library)
                && NativeLibrary.TryGetExport(library, nameof(OgaGenerator_GetLogits), out _)
                && NativeLibrary.TryGetExport(library, nameof(OgaGenerator_SetLogits), out _);
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static void Require(nint result)
    {
        if (result == 0)
            return;
        string message = Marshal.PtrToStringUTF8(OgaResultGetError(result)) ?? "";
        OgaDestroyResult(result);
        throw new InvalidOperationException($"ONNX Runtime GenAI: {message}");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_generatorHandle")]
    private static extern ref nint Handle(Generator generator);

    [LibraryImport(Library)]
    private static partial nint OgaGenerator_GetLogits(nint generator, out nint tensor);

    [LibraryImport(Library)]
    private static partial nint OgaGenerator_SetLogits(nint generator, nint tensor);

    [LibraryImport(Library)]
    private static partial nint OgaTensorGetType(nint tensor, out int type);

    [LibraryImport(Library)]
    private static partial nint OgaTensorGetShapeRank(nint tensor, out nuint rank);

    [LibraryImport(Library)]
    private static partial nint OgaTensorGetShape(nint tensor, long* shape, nuint rank);

    [LibraryImport(Library)]
    private static partial nint OgaTensorGetData(nint tensor, out nint data);

    [LibraryImport(Library)]
    private static partial void OgaDestroyTensor(nint tensor);

    [LibraryImport(Library)]
    private static partial nint OgaResultGetError(nint result);

    [LibraryImport(Library)]
    private static partial void OgaDestroyResult(nint result);
}
