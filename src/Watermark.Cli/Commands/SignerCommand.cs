using System.CommandLine;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark signer</c>: makes a key that signs plans, cases and receipts.</summary>
internal static class SignerCommand
{
    private const string Help = """
        Makes a signing key (ECDSA, P-256): the private key in FILE, which only you may read, and the public key in FILE.pub,
        which you give to those who check. It has nothing to do with the key of the mark. An existing file is never overwritten.

        Examples:
          watermark signer --out signer.pem
          watermark signer --out counsel.pem --passphrase-env OWNER_PASSPHRASE
        """;

    public static Command Create()
    {
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "The private key to make.", Required = true };
        var protect = new Option<bool>("--protect") { Description = "Protect the key with a passphrase; the tool asks for it." };
        var passphraseEnv = new Option<string?>(PassphrasePrompt.EnvironmentOption) { HelpName = "NAME", Description = "The environment variable that holds the passphrase; implies --protect." };
        var json = CommonOptions.Json();
        var command = new Command("signer", HelpText.Flow(Help)) { output, protect, passphraseEnv, json };
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            string path = parse.GetValue(output)!;
            OutputFile privateFile = OutputFile.Check(path, force: false);
            OutputFile publicFile = OutputFile.Check(path + ".pub", force: false);
            using SigningKey key = SigningKey.Create();
            char[] passphrase = parse.GetValue(protect) || parse.GetValue(passphraseEnv) is not null
                ? PassphrasePrompt.ForProcess().Read("Passphrase for the signing key", parse.GetValue(passphraseEnv), repeat: true)
                : [];
            privateFile.Prepare();
            key.Save(privateFile.Target, passphrase);
            PassphrasePrompt.Erase(passphrase);
            publicFile.Write(stream => stream.Write(System.Text.Encoding.ASCII.GetBytes(key.PublicPem)));
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            if (console.Json)
            {
                console.WriteJson(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("file", path);
                    writer.WriteString("public", path + ".pub");
                    writer.WriteString("keyId", key.KeyId);
                    writer.WriteEndObject();
                });
            }

            console.WriteLine($"Made {path} and {path}.pub: signing key {key.KeyId}.");
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }
}
