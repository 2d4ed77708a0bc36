#include "component/component.h"

#include <stdlib.h>
#include <string.h>

static size_t place_of(const component_map *map, uint64_t key) {
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15U) & (map->size - 1);
    while (map->key[at] != 0 && map->key[at] != key)
        at = (at + 1) & (map->size - 1);
    return at;
}

uint32_t *component_map_find(const component_map *map, uint64_t key) {
    if (map->size == 0)
        return NULL;
    size_t at = place_of(map, key);
    return map->key[at] == key ? &map->value[at] : NULL;
}

static bool grow(component_map *map) {
    component_map larger = {.n = map->n, .size = map->size ? 2 * map->size : 64};
    larger.key = calloc(larger.size, sizeof *larger.key);
    larger.value = malloc(larger.size * sizeof *larger.value);
    if (larger.key == NULL || larger.value == NULL) {
        component_map_free(&larger);
        return false;
    }
    for (size_t i = 0; i < map->size; i++)
        if (map->key[i] != 0) {
            size_t at = place_of(&larger, map->key[i]);
            larger.key[at] = map->key[i];
            larger.value[at] = map->value[i];
        }
    component_map_free(map);
    *map = larger;
    return true;
}

uint32_t *component_map_put(component_map *map, uint64_t key, uint32_t value) {
    if (2 * map->n >= map->size && !grow(map))
        return NULL;
    size_t at = place_of(map, key);
    if (map->key[at] == 0) {
        map->key[at] = key;
        map->value[at] = value;
        map->n++;
    }
    return &map->value[at];
}

void component_map_free(component_map *map) {
    free(map->key);
    free(map->value);
    *map = (component_map){0};
}

/* Multiply and fold, the core of wyhash (public domain, Wang Yi). */
static uint64_t mix(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t component_hash(uint64_t seed, const void *bytes, size_t n) {
    const uint64_t p0 = 0xa0761d6478bd642fU, p1 = 0xe7037ed1a0b428dbU;
    const unsigned char *at = bytes;
    uint64_t hash = seed ^ p0;
    for (size_t left = n; left > 0;) {
        uint64_t word = 0;
        size_t take = left < sizeof word ? left : sizeof word;
        memcpy(&word, at, take);
        hash = mix(hash ^ p0, word ^ p1);
        at += take;
        left -= take;
    }
    hash = mix(hash ^ n, p1);
    return hash ? hash : 1;
}

uint64_t component_hash_text(uint64_t seed, const char *text) {
    return component_hash(seed, text, strlen(text));
}
