/* The assembler takes the files in as they are; each ends in a NUL. */
#include "draw/web.h"

#define EMBED(name, file)                                                                          \
    __asm__(".section .rodata\n"                                                                   \
            ".global " #name "\n"                                                                  \
            ".hidden " #name "\n"                                                                  \
            ".type " #name ", @object\n" #name ":\n"                                               \
            ".incbin \"" WEB_DIR "/" file "\"\n"                                                   \
            ".byte 0\n"                                                                            \
            ".size " #name ", . - " #name "\n"                                                     \
            ".text\n")

EMBED(web_leaflet_css, "leaflet.css");
EMBED(web_leaflet_js, "leaflet.js");
EMBED(web_leaflet_licence, "LICENSE.leaflet");
EMBED(web_app_css, "app.css");
EMBED(web_app_js, "app.js");
EMBED(web_body, "body.html");
