/*
 * Watermark for C: marks in a sampling loop of your own, detection, and samples for verification elsewhere.
 *
 * Token ids are int32_t, 0 or greater. Arrays belong to the caller and are read or changed only during the call; NULL is
 * allowed where the count is 0. Texts are UTF-8 with a zero at the end. Every function may be called from any thread; calls
 * on one session run one after the other. Results are the same bits as those of the C# library on every processor, save
 * ln_p and ln_e, which are floating point.
 *
 * A function returns 0 or more where it did its work, and a negative wm_status where it failed; the message is then in
 * wm_last_error on the same thread. No message holds a secret. No call ends the process.
 */
#ifndef WATERMARK_H
#define WATERMARK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. Compare it with wm_abi_version(). */
#define WM_ABI_VERSION 1

typedef enum wm_status {
    WM_OK = 0,
    WM_ARGUMENT = -1,   /* a value is NULL, out of range or not UTF-8 */
    WM_HANDLE = -2,     /* a handle is 0, of another kind, or was freed */
    WM_STATE = -3,      /* a call out of order, such as two marks at one position, or the key was freed */
    WM_FILE = -4,       /* a file cannot be read or written */
    WM_FORMAT = -5,     /* the file is not a valid key, or the passphrase is missing or wrong */
    WM_SELF_CHECK = -6, /* this machine gives other bits than the library promises: do not serve */
    WM_INTERNAL = -7    /* a fault of the library */
} wm_status;

/* Where a scheme marks. */
typedef enum wm_place {
    WM_LOGITS = 0,        /* wm_session_apply, before temperature and truncation */
    WM_PROBABILITIES = 1, /* wm_session_reshape, on the final candidates */
    WM_DRAW = 2           /* wm_session_choose, in place of the random draw */
} wm_place;

/* Handles. 0 is never valid, and no number is given twice: freeing twice does nothing, using a freed one is WM_HANDLE. */
typedef uint64_t wm_key;
typedef uint64_t wm_session;
typedef uint64_t wm_sample;

/* The test of a text against a key. H0: the scored tokens are independent of the key. */
typedef struct wm_detection {
    int64_t tokens; /* token ids read */
    int64_t scored; /* rows scored after repetitions were removed; 0: too short to say anything */
    int64_t green;  /* ones among the trials; -1 for schemes that do not count */
    int64_t trials; /* scored times layers; -1 for schemes that do not count */
    double gamma;   /* the null probability of a one; NaN for schemes that do not count */
    double score;   /* the sum of the scores; the same as green for schemes that count */
    double ln_p;    /* natural log of the one-sided p-value, 0 or less */
    double ln_e;    /* natural log of the e-value; NaN where there is none */
} wm_detection;

/* The version of the library: WM_ABI_VERSION of its header. */
int32_t wm_abi_version(void);

/* Copies the message of this thread's last failure, cut to capacity with its zero. Returns its whole length in bytes
 * without the zero; buffer may be NULL to ask for the length. */
int32_t wm_last_error(char *buffer, int32_t capacity);

/* Opens a key file as `watermark keygen` writes it, and runs the self-check. passphrase: UTF-8 bytes without a zero, NULL
 * for none; the library erases its copies, the caller erases the buffer. *key is 0 where it fails. */
int32_t wm_key_open(const char *path, const char *passphrase, int32_t passphrase_length, wm_key *key);

/* Frees a key and erases its secrets. Its sessions return WM_STATE from now on. */
void wm_key_free(wm_key key);

/* Copies the public id of the key under its scheme; lengths as in wm_last_error. */
int32_t wm_key_id(wm_key key, char *buffer, int32_t capacity);

/* The number of tokens before a position that its mark depends on (h). */
int32_t wm_key_context_width(wm_key key);

/* A wm_place. */
int32_t wm_key_place(wm_key key);

/* Tests a text. account and epoch are NULL for none, prompt is what stood before the text: contexts that occur in it are
 * not counted. Detect with the account and epoch that marked. */
int32_t wm_detect(wm_key key, const char *account, const char *epoch, const int32_t *ids, int32_t count,
                  const int32_t *prompt, int32_t prompt_count, wm_detection *result);

/* A session for one reply, primed with everything before it. account and epoch are NULL for none. */
int32_t wm_session_new(wm_key key, const char *account, const char *epoch, const int32_t *prompt, int32_t prompt_count,
                       wm_session *session);

/* A copy that goes on by itself, for beams and parallel samples. */
int32_t wm_session_clone(wm_session session, wm_session *copy);

/* Adds tokens that the model did not write, such as a user's turn. */
int32_t wm_session_prime(wm_session session, const int32_t *ids, int32_t count);

/* Biases the logits of the next position in place: of the whole vocabulary, by id. Returns 1 where it marked, 0 where the
 * position is not marked (too little context, or a scheme of another place), WM_STATE where it was marked before. */
int32_t wm_session_apply(wm_session session, float *logits, int32_t count);

/* The same for candidates: logits[i] is that of ids[i]. */
int32_t wm_session_apply_candidates(wm_session session, const int32_t *ids, float *logits, int32_t count);

/* Changes the probabilities of the final candidates in place (they sum to 1). Returns 1 or 0 as wm_session_apply. */
int32_t wm_session_reshape(wm_session session, const int32_t *ids, float *probabilities, int32_t count);

/* Draws among the final candidates. Returns 1 with the place of the chosen one in *index, or 0 with -1: draw yourself.
 * coin: a fresh random number, 0 or more and below 1. */
int32_t wm_session_choose(wm_session session, const int32_t *ids, const float *probabilities, int32_t count, double coin,
                          int32_t *index);

/* Takes the token that was drawn. Call it for every token, marked or not. */
int32_t wm_session_accept(wm_session session, int32_t token);

/* Takes the last tokens back, none of the prompt. 0: the next position is sampled again, from fresh logits. */
int32_t wm_session_rewind(wm_session session, int32_t count);

/* Makes the session hold exactly these tokens, which begin with its prompt: rewinds and accepts as needed. The next
 * position may then be marked, also where it was marked before. For hosts that give the whole sequence at each step. */
int32_t wm_session_follow(wm_session session, const int32_t *ids, int32_t count);

/* The number of tokens, prompt included. */
int32_t wm_session_length(wm_session session);

/* Frees a session. */
void wm_session_free(wm_session session);

/* A sample of n-grams for `watermark verify`; needs no key. context_width: that of the owner's scheme, 0 to 16. */
int32_t wm_sample_new(int32_t context_width, wm_sample *sample);

/* Adds a document; prompt is what stood before it. */
int32_t wm_sample_add(wm_sample sample, const int32_t *ids, int32_t count, const int32_t *prompt, int32_t prompt_count);

/* Writes the sample's file; a file that is there is replaced. */
int32_t wm_sample_write(wm_sample sample, const char *path);

/* Frees a sample. */
void wm_sample_free(wm_sample sample);

#ifdef __cplusplus
}
#endif

#endif
