/*
 * web.h - the files of the web page, built into the library.
 */
#ifndef GRID_SRC_WEB_H
#define GRID_SRC_WEB_H

extern const char web_leaflet_css[], web_leaflet_js[], web_leaflet_licence[];
extern const char web_app_css[], web_app_js[], web_body[];

#endif
