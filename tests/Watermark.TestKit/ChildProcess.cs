using System.Diagnostics;
using System.Reflection;

namespace Watermark.TestKit;

/// <summary>
/// Runs a static method of a test assembly in a process of its own, so that switches the runtime reads only at its
/// start, such as <c>DOTNET_EnableAVX2</c>, can be tested. What the method returns comes back.
/// </summary>
public static class ChildProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a method.</summary>
    /// <param name="method">A static method of a named type; nothing may be captured.</param>
    /// <param name="environment">Variables for the child, on top of this process's own.</param>
    /// <returns>The text that the method returned.</returns>
    /// <exception cref="InvalidOperationException">The child failed; the message holds its error output.</exception>
    public static string Run(Func<string> method, params (string Name, string Value)[] environment)
    {
        MethodInfo target = method.Method;
        Type type = target.DeclaringType!;
        if (!target.IsStatic || target.Name.Contains('<', StringComparison.Ordinal))
            throw new ArgumentException("A named static method is needed: a child process cannot see what a lambda captures.", nameof(method));
        string assembly = type.Assembly.Location;
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] arguments =
        [
            "exec",
            "--runtimeconfig", Path.ChangeExtension(assembly, ".runtimeconfig.json"),
            "--depsfile", Path.ChangeExtension(assembly, ".deps.json"),
            typeof(ChildProcess).Assembly.Location, assembly, type.FullName!, target.Name,
        ];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;

        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        Task<string> output = child.StandardOutput.ReadToEndAsync();
        if (!child.WaitForExit(Patience))
        {
            child.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{type.Name}.{target.Name} did not end within {Patience}.");
        }

        return child.ExitCode == 0
            ? output.GetAwaiter().GetResult()
            : throw new InvalidOperationException($"{type.Name}.{target.Name} failed: {errors.GetAwaiter().GetResult()}");
    }

    /// <summary>The child's entry point.</summary>
    /// <param name="arguments">The assembly's path, the type, the method.</param>
    internal static int Main(string[] arguments)
    {
        if (arguments is not [var assembly, var type, var method])
        {
            Console.Error.WriteLine("Usage: Watermark.TestKit ASSEMBLY TYPE METHOD");
            return 2;
        }

        MethodInfo target = Assembly.LoadFrom(assembly).GetType(type, throwOnError: true)!
            .GetMethod(method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        Console.Out.Write((string)target.Invoke(null, null)!);
        return 0;
    }
}
