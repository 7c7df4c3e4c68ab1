namespace Watermark.Text.Tokenizers.HuggingFace.AddedTokens;

/// <summary>A token that is found in the text before anything is cut.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">It is no text but a mark of the model, such as the end of a turn.</param>
/// <param name="IsNormalized">It is searched in the normalized text, in its own normalized form; otherwise in the text as it came.</param>
/// <param name="IsSingleWord">It counts only where no part of a word touches it.</param>
/// <param name="StripsLeft">It takes the white space on its left.</param>
/// <param name="StripsRight">It takes the white space on its right.</param>
internal sealed record AddedToken(int Id, string Content, bool IsSpecial, bool IsNormalized, bool IsSingleWord, bool StripsLeft, bool StripsRight);
