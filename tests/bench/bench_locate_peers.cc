// Points per second of S2 and Boost.Geometry, beside the index, on the towns and the traces of
// bench_locate, with the goals in the end.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <vector>

#include <grid/locate.h>

#include "goals.h"
#include "trace.h"

#ifdef HAVE_BOOST
#include <boost/geometry.hpp>
#include <boost/geometry/index/rtree.hpp>
#endif
#ifdef HAVE_S2
#include <s2/mutable_s2shape_index.h>
#include <s2/s2contains_point_query.h>
#include <s2/s2latlng.h>
#include <s2/s2loop.h>
#include <s2/s2polygon.h>
#endif

static double cpu_seconds() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

template <class Answer> static double measure(const grid_xy *xy, size_t n, Answer answer) {
    std::vector<double> seconds;
    for (int run = 0; run < 5; run++) {
        double begin = cpu_seconds();
        for (size_t i = 0; i < n; i++)
            answer(xy[i]);
        seconds.push_back(cpu_seconds() - begin);
    }
    std::sort(seconds.begin(), seconds.end());
    return (double)n / seconds[2] / 1e6;
}

#ifdef HAVE_BOOST
namespace bg = boost::geometry;
namespace bgi = boost::geometry::index;

static double boost_speed(const grid_shapes *s, const grid_xy *xy, size_t n) {
    typedef bg::model::d2::point_xy<double> point;
    typedef bg::model::polygon<point, false> polygon;
    typedef std::pair<bg::model::box<point>, size_t> entry;
    std::vector<polygon> areas(s->n);
    std::vector<entry> entries;
    for (size_t f = 0; f < s->n; f++) {
        for (size_t i = s->xy_start[f]; i < s->xy_start[f + 1]; i++)
            bg::append(areas[f].outer(), point(s->xy[i].x, s->xy[i].y));
        entries.push_back(entry(bg::return_envelope<bg::model::box<point>>(areas[f]), f));
    }
    bgi::rtree<entry, bgi::rstar<16>> tree(entries);
    size_t found = 0;
    return measure(xy, n, [&](grid_xy p) {
        point at(p.x, p.y);
        for (auto it = tree.qbegin(bgi::intersects(at)); it != tree.qend(); ++it)
            found += bg::covered_by(at, areas[it->second]);
    });
}
#endif

#ifdef HAVE_S2
// Metres to degrees near (111 E, 30 N); S2 takes no plane coordinates.
static S2Point to_s2(grid_xy p) {
    return S2LatLng::FromDegrees(30 + (p.y - 3400000) / 111000, 111 + (p.x - 500000) / 96000)
        .ToPoint();
}

static double s2_speed(const grid_shapes *s, const grid_xy *xy, size_t n) {
    MutableS2ShapeIndex index;
    std::vector<std::unique_ptr<S2Polygon>> areas;
    for (size_t f = 0; f < s->n; f++) {
        std::vector<S2Point> ring;
        for (size_t i = s->xy_start[f]; i + 1 < s->xy_start[f + 1]; i++)
            ring.push_back(to_s2(s->xy[i]));
        std::unique_ptr<S2Loop> loop(new S2Loop());
        loop->set_s2debug_override(S2Debug::DISABLE);
        loop->Init(ring);
        areas.emplace_back(new S2Polygon(std::move(loop), S2Debug::DISABLE));
        index.Add(std::unique_ptr<S2Shape>(new S2Polygon::Shape(areas.back().get())));
    }
    index.ForceBuild();
    std::vector<S2Point> points;
    for (size_t i = 0; i < n; i++)
        points.push_back(to_s2(xy[i]));
    auto query = MakeS2ContainsPointQuery(&index);
    size_t found = 0, at = 0;
    return measure(xy, n, [&](grid_xy) {
        query.VisitContainingShapes(points[at++ % n], [&](S2Shape *) { return found++, true; });
    });
}
#endif

static goal_table goals;

static double index_speed(const grid_shapes *s, const grid_xy *xy, size_t n) {
    const size_t piece = 4096;
    const char **codes = town_codes(s->n);
    grid_locate_layer layer = {};
    layer.name = "grid";
    layer.shapes = s;
    layer.code = codes;
    grid_locator *l;
    town_need(grid_locator_build(&layer, 1, NULL, &l, NULL) == GRID_OK);
    std::vector<grid_hit> hits(piece);
    std::vector<double> seconds;
    for (int run = 0; run < 15; run++) {
        double begin = cpu_seconds();
        for (size_t i = 0; i < n; i += piece)
            grid_locator_find_many(l, xy + i, std::min(piece, n - i), hits.data());
        seconds.push_back(cpu_seconds() - begin);
    }
    std::sort(seconds.begin(), seconds.end());
    grid_locator_free(l);
    free(codes);
    return (double)n / seconds[7] / 1e6;
}

static void bench(size_t nx, size_t ny, size_t per_side, size_t points) {
    const town t = {nx, ny, per_side, 300, 500000, 3400000, 1};
    grid_shapes *s = town_grids(&t);
    for (int walks = 0; walks < 2; walks++) {
        grid_xy *xy = make_trace(&t, points, walks);
        std::printf("%zu grids, %s, M points/s:", s->n, walks ? "walks" : "devices interleaved");
        double index = index_speed(s, xy, points);
        std::printf(" index %.1f", index);
#ifdef HAVE_S2
        double s2 = s2_speed(s, xy, points);
        char what[64];
        std::snprintf(what, sizeof what, "batch / S2, %zu grids", s->n);
        goals_add(&goals, what, walks ? "walks" : "interleaved", "x", 100, 50, index / s2);
        std::printf(" S2 %.2f", s2);
#endif
#ifdef HAVE_BOOST
        std::printf(" Boost %.2f", boost_speed(s, xy, points));
#endif
        std::printf("\n");
        std::fflush(stdout);
        free(xy);
    }
    grid_shapes_free(s);
}

int main() {
    bench(20, 10, 51, 200000);
    bench(38, 28, 49, 200000);
    bench(160, 125, 46, 200000);
    goals_print(&goals);
}
