using System.Globalization;
using System.Runtime.InteropServices;

namespace Watermark.Cli.Terminal;

/// <summary>
/// Ends the tool when it is told to: SIGINT (Ctrl-C), SIGTERM and SIGHUP cancel the work. Work that does not end by itself
/// within half a second, because it waits for input or computes one long step, is cut off after its temporary files were
/// removed. A signal that was ignored when the tool began, as under <c>nohup</c>, stays ignored.
/// </summary>
internal sealed class TerminationSignals : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource cancellation = new();
    private readonly ManualResetEventSlim ended = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly Action cleanUp;
    private int exitCode;

    private TerminationSignals(Action cleanUp) => this.cleanUp = cleanUp;

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => cancellation.Token;

    /// <summary>The exit code of the signal that came: 128 and its number; null if none came.</summary>
    public int? ExitCode => Volatile.Read(ref exitCode) is not 0 and var code ? code : null;

    /// <summary>Begins to listen.</summary>
    /// <param name="cleanUp">Called before work is cut off.</param>
    public static TerminationSignals Listen(Action cleanUp)
    {
        // Handlers run on the pool; work that fills it must leave them room.
        MakeRoomFor(Environment.ProcessorCount);
        var signals = new TerminationSignals(cleanUp);
        ulong ignored = Ignored();
        foreach ((PosixSignal signal, int number) in new[] { (PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15), (PosixSignal.SIGHUP, 1) })
        {
            if ((ignored >> (number - 1) & 1) == 0)
                signals.registrations.Add(PosixSignalRegistration.Create(signal, context => signals.Handle(context, 128 + number)));
        }

        return signals;
    }

    /// <summary>Makes room in the pool for the handlers beside some threads of work.</summary>
    /// <param name="threads">The threads that work.</param>
    public static void MakeRoomFor(int threads)
    {
        const int spare = 8;
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, threads + spare), ports);
    }

    /// <summary>Stops listening; the work has ended.</summary>
    public void Dispose()
    {
        ended.Set();
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
        cancellation.Dispose();
        ended.Dispose();
    }

    private void Handle(PosixSignalContext context, int code)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref exitCode, code, 0) != 0)
            return;
        // A thread of its own: it must run whatever the pool does.
        new Thread(() => CutOff(code)) { IsBackground = true }.Start();
        cancellation.Cancel();
    }

    private void CutOff(int code)
    {
        try
        {
            if (ended.Wait(Patience))
                return;
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        cleanUp();
        CommandRunner.Say(Console.Error, CommandRunner.CancelledMessage);
        Environment.Exit(code);
    }

    /// <summary>The signals that are ignored, one bit each from signal 1; none where the system does not tell.</summary>
    private static ulong Ignored()
    {
        const string Label = "SigIgn:";
        if (!OperatingSystem.IsLinux())
            return 0;
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
        return ulong.TryParse(line?[Label.Length..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong mask) ? mask : 0;
    }
}
