namespace Watermark.Keys;

/// <summary>
/// Counts the uses of secret material, so that it is erased after the last use has ended and never during one. After the
/// gate is closed, new uses are refused.
/// </summary>
internal sealed class EraseGate
{
    // The sign says that the gate is closed, the other bits count the users.
    private const int Closed = int.MinValue;

    private readonly Action erase;
    private int state;
    private int erased;

    /// <summary>Creates an open gate.</summary>
    /// <param name="erase">Erases the material; called once.</param>
    public EraseGate(Action erase) => this.erase = erase;

    /// <summary>Whether the gate is closed.</summary>
    public bool IsClosed => Volatile.Read(ref state) < 0;

    /// <summary>Begins a use; dispose the result to end it.</summary>
    /// <param name="owner">The type that owns the material, for the exception.</param>
    /// <exception cref="ObjectDisposedException">The gate was closed.</exception>
    public SecretUse Enter(object owner)
    {
        if (Interlocked.Increment(ref state) < 0)
        {
            Leave();
            throw new ObjectDisposedException(owner.GetType().FullName);
        }

        return new SecretUse(this);
    }

    /// <summary>Closes the gate; the material is erased now, or when the last use ends.</summary>
    public void Close()
    {
        if (Interlocked.Or(ref state, Closed) == 0)
            Erase();
    }

    /// <summary>Ends a use.</summary>
    internal void Leave()
    {
        if (Interlocked.Decrement(ref state) == Closed)
            Erase();
    }

    private void Erase()
    {
        // A refused use ends here too, and so the count may reach zero a second time.
        if (Interlocked.Exchange(ref erased, 1) == 0)
            erase();
    }
}

/// <summary>One use of secret material: until it is disposed, nothing is erased.</summary>
public readonly ref struct SecretUse : IDisposable
{
    private readonly EraseGate? gate;

    internal SecretUse(EraseGate gate) => this.gate = gate;

    /// <summary>Ends the use.</summary>
    public void Dispose() => gate?.Leave();
}
