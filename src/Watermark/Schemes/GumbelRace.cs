namespace Watermark.Schemes;

/// <summary>
/// Makes the choice of Gumbel-max sampling: the candidate with the smallest −ln(U)/p, and among equal ones the lowest id.
/// −ln U comes as an integer; its conversion to double and the one division are single correctly rounded operations, so the
/// same candidate wins on every machine and in any order.
/// </summary>
internal struct GumbelRace
{
    private int winner;
    private int winnerToken;
    private double least;

    /// <summary>Starts without candidates.</summary>
    public GumbelRace() => (winner, winnerToken, least) = (-1, 0, double.PositiveInfinity);

    /// <summary>Adds a candidate.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="token">Its token id.</param>
    /// <param name="negativeLog">−ln U in any unit; a negative value means U = 0, which is worse than every positive U.</param>
    /// <param name="probability">p; a candidate with probability 0 is ignored.</param>
    public void Enter(int index, int token, long negativeLog, float probability)
    {
        if (!(probability > 0))
            return;
        double cost = negativeLog < 0 ? double.PositiveInfinity : negativeLog / (double)probability;
        if (winner >= 0 && (cost > least || (cost == least && token >= winnerToken)))
            return;
        (winner, winnerToken, least) = (index, token, cost);
    }

    /// <summary>The index of the chosen candidate.</summary>
    /// <exception cref="ArgumentException">No candidate has a positive probability.</exception>
    public readonly int Winner => winner >= 0 ? winner : throw new ArgumentException("No candidate has a positive probability.", "probabilities");
}
