namespace Watermark.Native;

/// <summary>What every exported function returns where it fails; see <c>watermark.h</c>.</summary>
internal static class Status
{
    public const int Ok = 0;
    public const int Argument = -1;
    public const int Handle = -2;
    public const int State = -3;
    public const int File = -4;
    public const int Format = -5;
    public const int SelfCheck = -6;
    public const int Internal = -7;
}
