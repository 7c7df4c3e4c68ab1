using Watermark.Schemes;
using Watermark.Schemes.Coded;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Maryland;
using Watermark.Schemes.Native;
using Watermark.Schemes.Payload;
using Watermark.Schemes.SynthId;
using Watermark.Schemes.TextSeal;
using Watermark.Schemes.Vllm;

namespace Watermark.Catalog;

/// <summary>The schemes this library reads and writes.</summary>
public static class SchemeCatalog
{
    /// <summary>Every scheme, the native ones first.</summary>
    public static IReadOnlyList<SchemeDescriptor> All { get; } =
    [
        GreenListScheme.Descriptor,
        GumbelScheme.Descriptor,
        CodedGreenListScheme.Descriptor,
        PayloadScheme.Descriptor,
        KgwScheme.Descriptor,
        HfKgwScheme.Descriptor,
        MarkLlmKgwScheme.Descriptor,
        MarylandScheme.Descriptor,
        GumbelTorchScheme.Descriptor,
        SynthIdScheme.Descriptor,
        SynthIdHfScheme.Descriptor,
        TextSealScheme.Descriptor,
        VllmGumbelScheme.Descriptor,
        VllmDualGumbelScheme.Descriptor,
        VllmSbwScheme.Descriptor,
    ];

    /// <summary>The scheme with this name, or null.</summary>
    /// <param name="name">The name, as in a key file; case matters.</param>
    public static SchemeDescriptor? Find(string name) => All.FirstOrDefault(item => item.Name == name);
}
