using TorchSharp;

namespace Watermark.TorchSharp.Models;

/// <summary>A level in the names of parameters, such as the <c>model.</c> of Hugging Face checkpoints; computes nothing.</summary>
internal sealed class ModuleGroup() : torch.nn.Module(nameof(ModuleGroup));
