/* Runs a fuzz target over files and folders of files, for builds without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return perror(path), 1;
    uint8_t *data = NULL;
    size_t n = 0, cap = 0;
    for (;;) {
        if (n == cap) {
            cap = cap ? 2 * cap : 4096;
            uint8_t *more = realloc(data, cap);
            if (more == NULL)
                abort();
            data = more;
        }
        size_t got = fread(data + n, 1, cap - n, file);
        if (got == 0)
            break;
        n += got;
    }
    fclose(file);
    LLVMFuzzerTestOneInput(data, n);
    free(data);
    return 0;
}

static int replay(const char *path, unsigned *count) {
    DIR *folder = opendir(path);
    if (folder == NULL) {
        (*count)++;
        return replay_file(path);
    }
    int status = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char inner[4096];
        struct stat st;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (stat(inner, &st) == 0 && S_ISREG(st.st_mode)) {
            (*count)++;
            status |= replay_file(inner);
        }
    }
    closedir(folder);
    return status;
}

int main(int argc, char **argv) {
    unsigned count = 0;
    int status = argc < 2;
    for (int i = 1; i < argc; i++)
        status |= replay(argv[i], &count);
    printf("%u inputs replayed\n", count);
    return status || count == 0;
}
