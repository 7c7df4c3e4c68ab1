using System.Security.Cryptography;
using System.Text;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Timestamps;
using Watermark.TestKit;

namespace Watermark.Forensics.Tests.Cases.Timestamps;

/// <summary>Time stamps of an authority whose certificates and tokens the tests make themselves.</summary>
public sealed class TimestampTests : IDisposable
{
    private const string Name = "commitments";
    private static readonly DateTimeOffset Time = new(2027, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("{\"what\": \"was stamped\"}\n");

    private readonly TemporaryCase folder = new();

    public TimestampTests() => folder.Write(CaseFiles.Commitments, Content);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_token_of_an_authority_below_a_root_is_valid(bool isRsa)
    {
        using var authority = new TestAuthority(new AuthorityOptions { IsRsa = isRsa });
        byte[] reply = authority.Reply(Request(), Time);
        folder.Write(TimestampFiles.ReplyOf(Name), reply);
        folder.Write(TimestampFiles.ChainOf(Name), authority.ChainPem);

        TimestampResult result = TimestampFiles.Check(folder.Root, Name)!;

        Assert.Null(result.Fault);
        Assert.True(result.IsValid);
        Assert.Equal(Time, result.GenTime);
        Assert.Equal(Time.AddSeconds(1), result.Latest);
        Assert.Equal("CN=Test Time Stamping", result.Authority);
        Assert.Equal("CN=Test Root", result.Root);
        Assert.Equal(Hex(authority.Root), result.RootSha256);
        Assert.Equal(Hex(Content), result.Sha256);
        Assert.Equal((Content.Length, Content.Length), (result.Length, result.FileLength));
        Assert.Equal(Hex(reply), result.TokenSha256);
        Assert.Equal(Hex(Encoding.UTF8.GetBytes(authority.ChainPem)), result.ChainSha256);
        Assert.Equal(result, TimestampFiles.Check(folder.Root, Name, reply, Encoding.UTF8.GetBytes(authority.ChainPem)));
    }

    [Fact]
    public void Without_a_reply_there_is_no_time_stamp()
    {
        Request();

        Assert.Null(TimestampFiles.Check(folder.Root, Name));
    }

    [Fact]
    public void A_certificate_that_ended_after_the_time_of_the_token_is_valid()
    {
        using var authority = new TestAuthority(new AuthorityOptions { Until = Time.AddSeconds(1), IntermediateUntil = Time.AddSeconds(1) });

        Assert.Null(Check(authority).Fault);
    }

    [Fact]
    public void A_certificate_that_the_token_leaves_out_is_taken_from_the_chain()
    {
        using var authority = new TestAuthority();
        byte[] reply = authority.Reply(Request(), Time, new TokenOptions { HoldsCertificate = false });

        Assert.Null(Check(reply, authority.SignerPem + authority.ChainPem).Fault);
        AssertFault("The certificate of the authority is neither in the token nor in the chain.", Check(reply, authority.ChainPem));
    }

    [Fact]
    public void A_certificate_that_was_not_valid_at_the_time_of_the_token_is_refused()
    {
        using var ended = new TestAuthority(new AuthorityOptions { Until = Time.AddSeconds(-1) });
        using var later = new TestAuthority(new AuthorityOptions { From = Time.AddSeconds(1), IntermediateUntil = Time.AddYears(9), Until = Time.AddYears(9) });
        using var endedBetween = new TestAuthority(new AuthorityOptions { IntermediateUntil = Time.AddSeconds(-1) });

        AssertFault("The authority's certificate was not valid at the time that the token states.", Check(ended));
        AssertFault("The authority's certificate was not valid at the time that the token states.", Check(later));
        AssertFault("A certificate between the authority and the root was not valid at the time that the token states.", Check(endedBetween));
    }

    [Fact]
    public void A_certificate_for_anything_but_time_stamping_is_refused()
    {
        const string timeStamping = "1.3.6.1.5.5.7.3.8", codeSigning = "1.3.6.1.5.5.7.3.3";
        foreach (AuthorityOptions options in new AuthorityOptions[]
        {
            new() { Usages = [codeSigning] },
            new() { Usages = [timeStamping, codeSigning] },
            new() { Usages = [] },
            new() { IsUsageCritical = false },
        })
        {
            using var authority = new TestAuthority(options);

            AssertFault("The authority's certificate is not for time stamping: a critical extended key usage of timeStamping alone was expected.", Check(authority));
        }
    }

    [Fact]
    public void An_authority_below_another_root_is_refused()
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority();

        TimestampResult result = Check(authority.Reply(Request(), Time), other.ChainPem);

        Assert.NotNull(result.Fault);
        Assert.Null(result.GenTime);
        Assert.Contains("The authority's c", result.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_that_vouches_for_itself_is_refused_even_where_its_certificate_is_named_as_root()
    {
        using var authority = new TestAuthority(new AuthorityOptions { IsSelfSigned = true });
        byte[] reply = authority.Reply(Request(), Time);

        const string fault = "The authority's certificate is issued by itself, so that nobody vouches for it; one issued by a root was expected.";
        AssertFault(fault, Check(reply, authority.SignerPem));
        AssertFault(fault, Check(reply, authority.ChainPem));
    }

    [Fact]
    public void A_chain_needs_a_root_and_certificates()
    {
        using var authority = new TestAuthority();
        byte[] reply = authority.Reply(Request(), Time);
        string intermediateOnly = authority.ChainPem[..(authority.ChainPem.IndexOf("-----END", StringComparison.Ordinal) + 26)];

        AssertFault("The chain holds no root: a certificate that is issued by itself was expected.", Check(reply, intermediateOnly));
        AssertFault("The chain holds no certificate; certificates as PEM were expected, the root among them.", Check(reply, "no certificate"));
        AssertFault("The chain holds a certificate that cannot be read.", Check(reply, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
    }

    [Fact]
    public void A_reply_to_another_query_is_refused()
    {
        using var authority = new TestAuthority();
        byte[] query = Request();

        AssertFault("The token has another nonce than the query: it answers another query.", Check(authority, query, new TokenOptions { Nonce = [1, 2, 3] }));
        AssertFault("The token has another nonce than the query: it answers another query.", Check(authority, query, new TokenOptions { Nonce = [] }));
        AssertFault("The token stamps another digest than the query asks for.", Check(authority, query, new TokenOptions { Digest = new byte[32] }));
        AssertFault("The authority did not grant the request (status 2).", Check(authority, query, new TokenOptions { Status = 2 }));
        byte[] reply = authority.Reply(query, Time);
        Request();
        AssertFault("The token has another nonce than the query: it answers another query.", Check(reply, authority.ChainPem));
    }

    [Fact]
    public void The_policy_that_was_asked_for_is_kept()
    {
        using var authority = new TestAuthority();
        byte[] query = Request("1.3.6.1.4.1.99999.2");

        Assert.Null(Check(authority, query, new TokenOptions { Policy = "1.3.6.1.4.1.99999.2" }).Fault);
        AssertFault("The token follows the policy 1.3.6.1.4.1.99999.1; the query asks for 1.3.6.1.4.1.99999.2.", Check(authority, query));
    }

    [Fact]
    public void A_file_that_was_changed_after_its_time_stamp_is_refused()
    {
        using var authority = new TestAuthority();
        byte[] reply = authority.Reply(Request(), Time);
        for (int bit = 0; bit < 8 * Content.Length; bit++)
        {
            byte[] changed = [.. Content];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            folder.Write(CaseFiles.Commitments, changed);

            AssertFault("commitments.json is not the file that was stamped: it was changed afterwards.", Check(reply, authority.ChainPem));
        }

        File.Delete(folder.PathOf(CaseFiles.Commitments));
        AssertFault("commitments.json, which it stamps, is missing.", Check(reply, authority.ChainPem));
    }

    [Fact]
    public void Every_changed_byte_of_a_reply_is_noticed_or_changes_nothing_that_is_said()
    {
        using var authority = new TestAuthority();
        byte[] reply = authority.Reply(Request(), Time);
        byte[] chain = Encoding.UTF8.GetBytes(authority.ChainPem);
        TimestampResult whole = TimestampFiles.Check(folder.Root, Name, reply, chain);
        Assert.Null(whole.Fault);
        int unnoticed = 0;
        for (int i = 0; i < reply.Length; i++)
        {
            byte[] changed = [.. reply];
            changed[i] ^= 1;
            TimestampResult result = TimestampFiles.Check(folder.Root, Name, changed, chain);
            Assert.NotEqual(whole.TokenSha256, result.TokenSha256);
            if (!result.IsValid)
            {
                Assert.Null(result.GenTime);
                continue;
            }

            Assert.Equal(whole with { TokenSha256 = result.TokenSha256 }, result);
            unnoticed++;
        }

        // What no signature covers: the status, versions and names of algorithms outside the signed attributes.
        Assert.InRange(unnoticed, 0, 40);
    }

    [Fact]
    public void Any_damaged_reply_query_or_chain_gives_a_fault_of_one_line()
    {
        using var authority = new TestAuthority();
        byte[] query = Request();
        byte[] reply = authority.Reply(query, Time);
        byte[] chain = Encoding.UTF8.GetBytes(authority.ChainPem);
        TestKit.Fuzzing.FuzzRun.Run("timestamp-reply", [reply], bytes => Refuse(TimestampFiles.Check(folder.Root, Name, bytes, chain)));
        TestKit.Fuzzing.FuzzRun.Run("timestamp-chain", [chain], bytes => Refuse(TimestampFiles.Check(folder.Root, Name, reply, bytes)));
        TestKit.Fuzzing.FuzzRun.Run("timestamp-query", [query], bytes =>
        {
            folder.Write(TimestampFiles.QueryOf(Name), bytes);
            Refuse(TimestampFiles.Check(folder.Root, Name, reply, chain));
        });

        static void Refuse(TimestampResult result)
        {
            if (result.Fault is { } fault)
                throw new InputFormatException(fault);
        }
    }

    [Fact]
    public void A_log_that_grows_stays_stamped_up_to_where_it_was()
    {
        const string lines = "{\"n\":1}\n{\"n\":2}\n";
        folder.Write(CaseFiles.Log, lines + "{\"n\":3");
        using var authority = new TestAuthority();
        (byte[] query, string sha256, long length) = TimestampFiles.Request(folder.Root, "log");
        folder.Write(TimestampFiles.QueryOf("log"), query);
        byte[] reply = authority.Reply(query, Time);

        Assert.Equal((Hex(Encoding.UTF8.GetBytes(lines)), lines.Length), (sha256, length));
        foreach (string more in new[] { "", "{\"n\":3", "{\"n\":3}\n", "{\"n\":3}\n" + new string('x', 200_000) + "\n" })
        {
            folder.Write(CaseFiles.Log, lines + more);
            TimestampResult result = TimestampFiles.Check(folder.Root, "log", reply, Encoding.UTF8.GetBytes(authority.ChainPem));
            Assert.Null(result.Fault);
            Assert.Equal((lines.Length, lines.Length + more.Length), (result.Length, result.FileLength));
        }

        foreach (string changed in new[] { "", "{\"n\":1}\n", "{\"n\":1}\n{\"n\":2} \n", "{\"n\":2}\n{\"n\":1}\n", "{\"n\":1}\n{\"n\":2}" })
        {
            folder.Write(CaseFiles.Log, changed);
            AssertFault("collection/log.jsonl does not begin with the lines that were stamped: they were changed afterwards.", TimestampFiles.Check(folder.Root, "log", reply, Encoding.UTF8.GetBytes(authority.ChainPem)));
        }
    }

    [Fact]
    public void There_must_be_something_to_stamp()
    {
        folder.Write(CaseFiles.Log, "{\"n\":");

        Assert.EndsWith("has no whole line yet; there is nothing to stamp.", Assert.Throws<InputFormatException>(() => TimestampFiles.Request(folder.Root, "log")).Message, StringComparison.Ordinal);
        Assert.EndsWith("is missing; there is nothing to stamp.", Assert.Throws<InputFormatException>(() => TimestampFiles.Request(folder.Root, "plan")).Message, StringComparison.Ordinal);
        Assert.Equal("A time stamp is one of commitments, plan, log, statement.", Assert.Throws<InputFormatException>(() => TimestampFiles.Request(folder.Root, "report")).Message);
    }

    [Fact]
    public void Two_queries_for_one_file_differ_in_their_nonce() => Assert.NotEqual(Request(), Request());

    private byte[] Request(string? policy = null)
    {
        byte[] query = TimestampFiles.Request(folder.Root, Name, policy).Query;
        folder.Write(TimestampFiles.QueryOf(Name), query);
        return query;
    }

    private TimestampResult Check(TestAuthority authority) => Check(authority, Request());

    private TimestampResult Check(TestAuthority authority, byte[] query, TokenOptions? options = null) =>
        Check(authority.Reply(query, Time, options), authority.ChainPem);

    private TimestampResult Check(byte[] reply, string chain) => TimestampFiles.Check(folder.Root, Name, reply, Encoding.UTF8.GetBytes(chain));

    private static void AssertFault(string fault, TimestampResult result)
    {
        Assert.Equal(fault, result.Fault);
        Assert.Null(result.GenTime);
        Assert.Null(result.Latest);
        Assert.False(result.IsValid);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
