using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Forensics.Json;
using Watermark.Keys;

namespace Watermark.Forensics.Fingerprints.Canaries;

/// <summary>
/// Secret questions with answers that the owner's key chose: k questions, m answers, and for each question a target among the
/// answers that follows from the key and from the whole design. The design is public and names no target.
/// </summary>
/// <remarks>
/// <para>D = SHA-256(u32(k) ‖ LP(q_0) … LP(q_{k−1}) ‖ u32(m) ‖ LP(r_0) … LP(r_{m−1})). The target of question i is the answer with the
/// keyed index of D ‖ u32(i) ‖ LP(q_i) under the claim's key (<see cref="KeyedIndex"/>), so a change of any question or answer
/// changes every target. The commitment is <see cref="KeyedIndex.Commit"/>.</para>
/// <para>After Russinovich, Cai and Salem, "Hey, That's My Model! Introducing Chain &amp; Hash", 2024 (arXiv:2407.10887), section 4,
/// with a committed secret in place of a public hash: a public hash lets an owner search for inputs after the fact.</para>
/// </remarks>
public sealed class CanaryDesign
{
    /// <summary>The format of the file.</summary>
    public const string Format = "watermark-canaries/1";

    /// <summary>The name by which the claim's key is derived.</summary>
    public const string Method = "canaries";

    private const int MostQuestions = 10_000;
    private const int MostAnswers = 65_536;

    private readonly byte[] digest;

    private CanaryDesign(string claimId, IReadOnlyList<string> questions, IReadOnlyList<string> answers, string? commitment)
    {
        ClaimDesign.CheckClaim(claimId);
        if (questions.Count is < 1 or > MostQuestions)
            throw new InputFormatException($"There are {questions.Count} questions; 1 to {MostQuestions} were expected.");
        if (answers.Count is < 2 or > MostAnswers)
            throw new InputFormatException($"There are {answers.Count} answers; 2 to {MostAnswers} were expected.");
        CheckQuestions(questions);
        Normalised = [.. answers.Select(CanaryText.Normalise)];
        CheckAnswers(answers, Normalised);
        (ClaimId, Questions, Answers) = (claimId, questions, answers);
        digest = ClaimDesign.Digest(hash =>
        {
            hash.Append(questions.Count);
            foreach (string question in questions)
                hash.Append(question);
            hash.Append(answers.Count);
            foreach (string answer in answers)
                hash.Append(answer);
        });
        Commitment = commitment ?? string.Empty;
    }

    /// <summary>The claim; another claim has other targets.</summary>
    public string ClaimId { get; }

    /// <summary>The questions, q.</summary>
    public IReadOnlyList<string> Questions { get; }

    /// <summary>The answers, r.</summary>
    public IReadOnlyList<string> Answers { get; }

    /// <summary>D, the digest of questions and answers, 64 lower-case hexadecimal digits.</summary>
    public string Digest => Convert.ToHexStringLower(digest);

    /// <summary>The commitment to the key, 64 lower-case hexadecimal digits.</summary>
    public string Commitment { get; private init; }

    /// <summary>The answers as they are compared.</summary>
    internal IReadOnlyList<string> Normalised { get; }

    /// <summary>Makes a design and commits to its key.</summary>
    /// <param name="claimKey">The claim's key: <see cref="WatermarkKey.ForClaim"/> of <see cref="Method"/> and the claim.</param>
    /// <param name="claimId">The claim.</param>
    /// <param name="questions">Distinct questions, 1 … 10,000.</param>
    /// <param name="answers">Answers of which none begins another, 2 … 65,536.</param>
    /// <exception cref="InputFormatException">Questions or answers are not so; the message names the first that is not.</exception>
    public static CanaryDesign Create(WatermarkKey claimKey, string claimId, IReadOnlyList<string> questions, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(claimKey);
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(answers);
        var open = new CanaryDesign(claimId, questions, answers, null);
        return new CanaryDesign(claimId, questions, answers, ClaimDesign.Commit(claimKey, open.digest, claimId));
    }

    /// <summary>The id of a question in prompts and replies.</summary>
    /// <param name="index">The question's index.</param>
    public static string IdOf(int index) => FormattableString.Invariant($"q{index}");

    /// <summary>The index of the target of every question.</summary>
    /// <param name="claimKey">The claim's key.</param>
    /// <exception cref="InputFormatException">The key does not open the commitment.</exception>
    public IReadOnlyList<int> Targets(WatermarkKey claimKey)
    {
        ArgumentNullException.ThrowIfNull(claimKey);
        ClaimDesign.Check(claimKey, digest, ClaimId, Commitment);
        return [.. Enumerable.Range(0, Questions.Count).Select(i => KeyedIndex.Of(claimKey, Message(i), Answers.Count))];
    }

    /// <summary>Writes the design as a JSON document: the same bytes for the same design.</summary>
    /// <param name="stream">The stream to write to.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        JsonMembers.WriteDocument(stream, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteString("claim", ClaimId);
            writer.WriteString("digest", Digest);
            writer.WriteString("commitment", Commitment);
            JsonMembers.WriteTexts(writer, "questions", Questions);
            JsonMembers.WriteTexts(writer, "answers", Answers);
            writer.WriteEndObject();
        });
    }

    /// <summary>Reads a design.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is no such design; the message names the field and what was expected.</exception>
    public static CanaryDesign Read(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The design", fields =>
    {
        fields.Format(Format);
        var design = new CanaryDesign(fields.Text("claim"), fields.Texts("questions"), fields.Texts("answers"), fields.Text("commitment"));
        if (fields.Text("digest") != design.Digest)
            throw new InputFormatException($"The field 'digest' is {fields.Text("digest")}; {design.Digest} was expected from the questions and answers.");
        fields.Done();
        return design;
    });

    private byte[] Message(int index)
    {
        byte[] question = KeyedIndex.LengthPrefixed(Questions[index]);
        byte[] message = new byte[digest.Length + sizeof(uint) + question.Length];
        digest.CopyTo(message, 0);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(digest.Length), (uint)index);
        question.CopyTo(message, digest.Length + sizeof(uint));
        return message;
    }

    private static void CheckQuestions(IReadOnlyList<string> questions)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((int index, string question) in questions.Index())
        {
            if (string.IsNullOrWhiteSpace(question))
                throw new InputFormatException($"Question {index + 1} is empty.");
            if (!seen.Add(question.Trim()))
                throw new InputFormatException($"Question {index + 1} stands there twice; each was expected once.");
        }
    }

    private static void CheckAnswers(IReadOnlyList<string> answers, IReadOnlyList<string> normalised)
    {
        foreach ((int index, string answer) in normalised.Index())
        {
            if (answer.Length == 0)
                throw new InputFormatException($"Answer {index + 1}, '{answers[index]}', is empty once quotes, Markdown and white space are taken away.");
        }

        // Among sorted texts, one that begins another stands right before a text that it begins.
        int[] order = [.. Enumerable.Range(0, normalised.Count).OrderBy(i => normalised[i], StringComparer.Ordinal)];
        for (int i = 1; i < order.Length; i++)
        {
            if (normalised[order[i]].StartsWith(normalised[order[i - 1]], StringComparison.Ordinal))
                throw new InputFormatException($"The answer '{answers[order[i - 1]]}' begins the answer '{answers[order[i]]}', or is the same; no answer may begin another.");
        }
    }
}
