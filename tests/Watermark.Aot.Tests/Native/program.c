/* Checks the errors of the library, then prints the bits of what it marks and scores.
   program GREEN_KEY GUMBEL_KEY LOCKED_KEY SAMPLE */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "watermark.h"

#define VOCABULARY 301
#define LENGTH 200

static void require(int held, const char *what, int line)
{
    if (held)
        return;
    char message[512];
    wm_last_error(message, (int32_t)sizeof message);
    fprintf(stderr, "line %d: %s (last error: %s)\n", line, what, message);
    exit(1);
}
#define REQUIRE(condition) require((condition), #condition, __LINE__)

static uint64_t digest = 14695981039346656037ull;

static void add(const void *bytes, size_t count)
{
    const unsigned char *data = bytes;
    for (size_t i = 0; i < count; i++)
        digest = (digest ^ data[i]) * 1099511628211ull;
}

static void logits_at(int position, float *logits)
{
    for (int i = 0; i < VOCABULARY; i++)
        logits[i] = (float)(((i * 37) + (position * 11)) % 101) / 16.0f;
}

static int greatest(const float *values, int count)
{
    int best = 0;
    for (int i = 1; i < count; i++)
        if (values[i] > values[best])
            best = i;
    return best;
}

static void errors(const char *green, const char *locked)
{
    wm_key key = 7;
    wm_session session = 7;
    wm_detection detection;
    float logits[VOCABULARY] = {0};
    int32_t negative[] = {1, -2};
    REQUIRE(wm_abi_version() == WM_ABI_VERSION);
    REQUIRE(wm_key_open(NULL, NULL, 0, &key) == WM_ARGUMENT && key == 0);
    REQUIRE(wm_key_open(green, NULL, 0, NULL) == WM_ARGUMENT);
    REQUIRE(wm_key_open("/nowhere/owner.wmkey", NULL, 0, &key) == WM_FILE);
    REQUIRE(wm_key_open("\xff", NULL, 0, &key) == WM_ARGUMENT);
    REQUIRE(wm_key_open(locked, NULL, 0, &key) == WM_FORMAT);
    REQUIRE(wm_key_open(locked, "guess", 5, &key) == WM_FORMAT);
    char message[512], cut[5];
    int32_t length = wm_last_error(message, (int32_t)sizeof message);
    REQUIRE(length > 0 && (size_t)length == strlen(message) && strstr(message, "guess") == NULL);
    REQUIRE(wm_last_error(cut, 5) == length && strlen(cut) == 4 && wm_last_error(NULL, 0) == length);
    REQUIRE(wm_key_open(locked, "passphrase", 10, &key) == WM_OK);
    wm_key_free(key);
    wm_key_free(key);
    REQUIRE(wm_key_context_width(key) == WM_HANDLE);
    REQUIRE(wm_session_new(0, NULL, NULL, NULL, 0, &session) == WM_HANDLE && session == 0);

    REQUIRE(wm_key_open(green, NULL, 0, &key) == WM_OK);
    REQUIRE(wm_session_new(key, "", NULL, NULL, 0, &session) == WM_ARGUMENT);
    REQUIRE(wm_session_new(key, NULL, NULL, negative, 2, &session) == WM_ARGUMENT);
    REQUIRE(wm_session_new(key, NULL, NULL, NULL, 2, &session) == WM_ARGUMENT);
    REQUIRE(wm_session_new(key, NULL, NULL, NULL, 0, NULL) == WM_ARGUMENT);
    REQUIRE(wm_session_apply(key, logits, VOCABULARY) == WM_HANDLE);
    REQUIRE(wm_detect(key, NULL, NULL, negative, 2, NULL, 0, &detection) == WM_ARGUMENT);
    REQUIRE(wm_detect(key, NULL, NULL, NULL, 0, NULL, 0, NULL) == WM_ARGUMENT);
    REQUIRE(wm_detect(key, NULL, NULL, NULL, 0, NULL, 0, &detection) == WM_OK && detection.scored == 0 && detection.ln_p == 0);

    int32_t prompt[] = {1, 2, 3};
    int32_t other[] = {1, 9, 3, 4};
    REQUIRE(wm_session_new(key, NULL, NULL, prompt, 3, &session) == WM_OK);
    REQUIRE(wm_session_apply(session, NULL, 3) == WM_ARGUMENT);
    REQUIRE(wm_session_apply(session, logits, -1) == WM_ARGUMENT);
    REQUIRE(wm_session_apply(session, logits, VOCABULARY) == 1);
    REQUIRE(wm_session_apply(session, logits, VOCABULARY) == WM_STATE);
    REQUIRE(wm_session_rewind(session, 0) == WM_OK);
    REQUIRE(wm_session_apply(session, logits, VOCABULARY) == 1);
    REQUIRE(wm_session_rewind(session, 1) == WM_ARGUMENT);
    REQUIRE(wm_session_accept(session, -1) == WM_ARGUMENT);
    REQUIRE(wm_session_follow(session, other, 4) == WM_ARGUMENT && wm_session_length(session) == 3);
    wm_key_free(key);
    REQUIRE(wm_session_apply_candidates(session, prompt, logits, 3) == WM_STATE);
    wm_session_free(session);
    wm_session_free(session);
    REQUIRE(wm_session_length(session) == WM_HANDLE);
}

static void print(const char *name, const wm_detection *detection)
{
    uint64_t bits[2];
    memcpy(bits, &detection->ln_p, 8);
    memcpy(bits + 1, &detection->ln_e, 8);
    if (isnan(detection->ln_e))
        bits[1] = 0;
    printf("%s %016llx %lld %lld %lld %016llx %016llx\n", name, (unsigned long long)digest, (long long)detection->scored,
           (long long)detection->green, (long long)detection->trials, (unsigned long long)bits[0], (unsigned long long)bits[1]);
}

static void green_list(const char *path, const char *sample_path)
{
    wm_key key;
    wm_session session, copy;
    wm_sample sample;
    wm_detection detection;
    int32_t tokens[2 + LENGTH] = {1, 2};
    float logits[VOCABULARY], again[VOCABULARY];
    int32_t ids[VOCABULARY];
    for (int i = 0; i < VOCABULARY; i++)
        ids[i] = i;
    digest = 14695981039346656037ull;
    REQUIRE(wm_key_open(path, NULL, 0, &key) == WM_OK && wm_key_place(key) == WM_LOGITS);
    REQUIRE(wm_session_new(key, "acme", "2026-11", tokens, 2, &session) == WM_OK);
    for (int position = 0; position < LENGTH; position++) {
        logits_at(position, logits);
        logits_at(position, again);
        REQUIRE(wm_session_clone(session, &copy) == WM_OK);
        REQUIRE(wm_session_apply(session, logits, VOCABULARY) >= 0);
        REQUIRE(wm_session_apply_candidates(copy, ids, again, VOCABULARY) >= 0);
        wm_session_free(copy);
        REQUIRE(memcmp(logits, again, sizeof logits) == 0);
        add(logits, sizeof logits);
        tokens[2 + position] = greatest(logits, VOCABULARY);
        REQUIRE(wm_session_accept(session, 5) == WM_OK && wm_session_rewind(session, 1) == WM_OK);
        REQUIRE(wm_session_follow(session, tokens, 3 + position) == WM_OK && wm_session_length(session) == 3 + position);
    }
    REQUIRE(wm_detect(key, "acme", "2026-11", tokens + 2, LENGTH, tokens, 2, &detection) == WM_OK);
    print("green", &detection);
    REQUIRE(wm_sample_new(17, &sample) == WM_ARGUMENT);
    REQUIRE(wm_sample_new(wm_key_context_width(key), &sample) == WM_OK);
    REQUIRE(wm_sample_add(sample, tokens + 2, LENGTH, tokens, 2) == WM_OK);
    REQUIRE(wm_sample_write(sample, NULL) == WM_ARGUMENT && wm_sample_write(sample, sample_path) == WM_OK);
    wm_sample_free(sample);
    wm_session_free(session);
    wm_key_free(key);
}

static void gumbel(const char *path)
{
    wm_key key;
    wm_session session;
    wm_detection detection;
    int32_t tokens[LENGTH], ids[VOCABULARY];
    float probabilities[VOCABULARY];
    digest = 14695981039346656037ull;
    REQUIRE(wm_key_open(path, NULL, 0, &key) == WM_OK && wm_key_place(key) == WM_DRAW);
    REQUIRE(wm_session_new(key, NULL, NULL, NULL, 0, &session) == WM_OK);
    for (int position = 0; position < LENGTH; position++) {
        int32_t index;
        for (int i = 0; i < VOCABULARY; i++) {
            ids[i] = i;
            probabilities[i] = 1.0f / VOCABULARY;
        }
        int32_t marked = wm_session_choose(session, ids, probabilities, VOCABULARY, 0.5, &index);
        REQUIRE(marked == 1 || (marked == 0 && index == -1));
        tokens[position] = marked == 1 ? ids[index] : position % VOCABULARY;
        REQUIRE(wm_session_accept(session, tokens[position]) == WM_OK);
    }
    add(tokens, sizeof tokens);
    REQUIRE(wm_detect(key, NULL, NULL, tokens, LENGTH, NULL, 0, &detection) == WM_OK);
    print("gumbel", &detection);
    wm_session_free(session);
    wm_key_free(key);
}

int main(int count, char **arguments)
{
    if (count != 5)
        return 2;
    errors(arguments[1], arguments[3]);
    green_list(arguments[1], arguments[4]);
    gumbel(arguments[2]);
    return 0;
}
