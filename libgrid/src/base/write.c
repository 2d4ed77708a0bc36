#include "base/write.h"

#include <errno.h>
#include <unistd.h>

bool grid_write_all(int fd, const char *data, size_t n) {
    while (n > 0) {
        ssize_t put = write(fd, data, n);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0) {
            data += put;
            n -= (size_t)put;
        }
    }
    return true;
}
