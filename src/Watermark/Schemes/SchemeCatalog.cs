using System.Text.Json;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Maryland;
using Watermark.Schemes.Native;
using Watermark.Schemes.SynthId;
using Watermark.Schemes.TextSeal;
using Watermark.Schemes.Vllm;

namespace Watermark.Schemes;

/// <summary>The schemes this library reads and writes.</summary>
public static class SchemeCatalog
{
    /// <summary>Every scheme, the native ones first.</summary>
    public static IReadOnlyList<SchemeDescriptor> All { get; } =
    [
        GreenListScheme.Descriptor,
        GumbelScheme.Descriptor,
        KgwScheme.Descriptor,
        HfKgwScheme.Descriptor,
        MarylandScheme.Descriptor,
        GumbelTorchScheme.Descriptor,
        SynthIdScheme.Descriptor,
        SynthIdHfScheme.Descriptor,
        TextSealScheme.Descriptor,
        VllmGumbelScheme.Descriptor,
        VllmDualGumbelScheme.Descriptor,
        VllmSbwScheme.Descriptor,
    ];

    /// <summary>The scheme of a name, or null.</summary>
    /// <param name="name">The name, as in a key file; case matters.</param>
    public static SchemeDescriptor? Find(string name) => All.FirstOrDefault(item => item.Name == name);

    /// <summary>Reads a scheme's parameters and refuses members it does not know.</summary>
    /// <param name="descriptor">The scheme.</param>
    /// <param name="parameters">The JSON object with the parameters; a member <c>name</c> is ignored.</param>
    /// <exception cref="InputFormatException">A parameter is missing, wrong or unknown.</exception>
    public static WatermarkScheme Read(SchemeDescriptor descriptor, JsonElement parameters)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var reader = new SchemeParameters(descriptor.Name, parameters);
        WatermarkScheme scheme;
        try
        {
            scheme = descriptor.Read(reader);
        }
        catch (ArgumentException exception)
        {
            throw new InputFormatException($"The field 'scheme' is not valid: {exception.Message}", exception);
        }

        reader.RefuseUnknown();
        return scheme;
    }
}
