/* The peer in C; what it does is said in __init__.py. The structures come from there too (columns.h). */

#include <math.h>
#include <string.h>

#include "columns.h"

struct state {
    struct clock *clock;
    struct parameters *parameters;
    struct organisations *organisations;
    struct levels *levels;
    struct pairs *pairs;
    struct relations *relations;
    struct groups *groups;
    int64_t n_organisations, n_levels, n_pairs, n_groups;
};

static inline double least(double a, double b) { return b < a ? b : a; }
static inline double most(double a, double b) { return b > a ? b : a; }
static inline double share(double x) { return least(1.0, most(0.0, x)); }
static inline double saturating(double x) { return 1.0 - exp(-most(0.0, x)); }
static inline double logistic(double x) { return 1.0 / (1.0 + exp(-least(40.0, most(-40.0, x)))); }

/* Luck: Philox4x32-10, as in sim/randomness.py. */

static inline void philox(uint64_t c0, uint64_t c1, uint64_t c2, uint64_t c3, uint64_t k0, uint64_t k1, uint64_t *w0,
                          uint64_t *w1) {
    const uint64_t low = 0xFFFFFFFFu;
    for (int i = 0; i < 10; i++) {
        uint64_t product_0 = 0xD2511F53u * c0, product_1 = 0xCD9E8D57u * c2;
        c0 = (product_1 >> 32) ^ c1 ^ k0;
        c1 = product_1 & low;
        c2 = (product_0 >> 32) ^ c3 ^ k1;
        c3 = product_0 & low;
        k0 = (k0 + 0x9E3779B9u) & low;
        k1 = (k1 + 0xBB67AE85u) & low;
    }
    *w0 = c0;
    *w1 = c1;
}

static uint64_t run_key(uint64_t seed, uint64_t replicate) {
    const uint64_t low = 0xFFFFFFFFu;
    uint64_t w0, w1;
    philox(seed & low, seed >> 32, replicate & low, replicate >> 32, 0x76697461u, 0x6C636F61u, &w0, &w1);
    return w0 | (w1 << 32);
}

static inline double draw(const struct clock *clock, uint64_t point, int64_t entity) {
    const uint64_t low = 0xFFFFFFFFu;
    uint64_t who = (uint64_t)entity, w0, w1;
    philox(who & low, who >> 32, (uint64_t)clock->month << 12, point, clock->key & low, clock->key >> 32, &w0, &w1);
    return (double)(((w0 << 32) | w1) >> 11) * (1.0 / 9007199254740992.0);
}

#define EACH_ORGANISATION(s, o, own)                      \
    for (int64_t o = 0; o < (s)->n_organisations; o++)    \
        for (struct organisations *own = &(s)->organisations[o]; own && own->taking_part != 0.0; own = 0)

#define EACH_OF_GROUP(s, group, o, own)                                       \
    for (int64_t o = (group)->organisation_from; o < (group)->organisation_to; o++) \
        for (struct organisations *own = &(s)->organisations[o]; own && own->taking_part != 0.0; own = 0)

static void begin(struct state *s) {
    s->clock->month = 0;
    for (int64_t i = 0; i < s->n_levels; i++) {
        struct levels *own = &s->levels[i];
        own->ambition = share(own->ambition + 0.4 * (draw(s->clock, AMBITION, i) - 0.5));
    }
}

static void turnover(struct state *s) {
    EACH_ORGANISATION(s, o, own) {
        own->changed = 0.0;
        if (draw(s->clock, DIRECTOR, o) < s->parameters->turnover) {
            own->changed = 1.0;
            s->levels[3 * o].salience *= 0.5;
        }
    }
}

static void budgets(struct state *s) {
    const struct parameters *p = s->parameters;
    EACH_ORGANISATION(s, o, own) {
        own->reserve += 0.1 * own->income;
        for (int level = 0; level < 3; level++) {
            struct levels *row = &s->levels[3 * o + level];
            double norm = level == 0 ? p->norm_board : level == 1 ? p->norm_middle : p->norm_floor;
            double hours = norm * row->engagement;
            if (own->reserve < 0.0)
                hours *= 0.5;
            row->hours = hours;
            own->reserve -= p->hour_price * hours;
        }
    }
}

static void tenders(struct state *s) {
    EACH_ORGANISATION(s, o, own) {
        own->contract -= 1.0;
        own->scar -= own->scar / 36.0;
        if (own->contract <= 0.0) {
            own->contract = 48.0;
            if (draw(s->clock, TENDER, o) < s->parameters->loss_chance) {
                own->scar = own->scar + (1.0 - own->scar) * saturating(2.0 * own->tendered);
                own->reserve -= 0.5 * own->income * own->tendered;
            }
        }
        own->horizon = (1.0 - own->tendered) * 48.0 + own->tendered * own->contract * (1.0 - 0.5 * own->scar);
    }
}

static void encounters(struct state *s) {
    const struct parameters *p = s->parameters;
    for (int64_t k = 0; k < s->n_pairs; k++) {
        const struct pairs *pair = &s->pairs[k];
        int64_t first = pair->first, second = pair->second;
        if (s->organisations[first].taking_part == 0.0 || s->organisations[second].taking_part == 0.0)
            continue;
        for (int level = 0; level < 3; level++) {
            double both = s->levels[3 * first + level].engagement * s->levels[3 * second + level].engagement;
            double meetings = level == 0 ? p->meetings_board : level == 1 ? p->meetings_middle : p->meetings_floor;
            double objects = level == 0 ? p->objects_board : level == 1 ? p->objects_middle : p->objects_floor;
            s->relations[3 * k + level].contact =
                saturating(meetings * both + objects * pair->overlap * (0.25 + 0.75 * both));
        }
    }
}

static void relations(struct state *s) {
    for (int64_t i = 0; i < s->n_levels; i++)
        s->levels[i].trust = s->levels[i].understanding = s->levels[i].relations = 0.0;
    for (int64_t k = 0; k < s->n_pairs; k++) {
        const struct pairs *pair = &s->pairs[k];
        int64_t first = pair->first, second = pair->second;
        const struct organisations *a = &s->organisations[first], *b = &s->organisations[second];
        if (a->taking_part == 0.0 || b->taking_part == 0.0)
            continue;
        int kept = draw(s->clock, KEPT, k) < 0.4 + 0.6 * s->relations[3 * k + 1].understanding;
        for (int level = 0; level < 3; level++) {
            struct relations *own = &s->relations[3 * k + level];
            double contact = own->contact;
            if (level == 0 && (a->changed == 1.0 || b->changed == 1.0))
                own->familiarity *= 0.5;
            own->familiarity += 0.1 * contact * (1.0 - own->familiarity) - 0.01 * own->familiarity;
            own->understanding +=
                0.08 * contact * own->familiarity * (1.0 - own->understanding) - 0.005 * own->understanding;
            if (kept)
                own->trust += 0.06 * contact * (1.0 - own->trust);
            else
                own->trust -= 0.3 * (0.2 + pair->rivalry) * contact * own->trust;
            struct levels *one = &s->levels[3 * first + level], *other = &s->levels[3 * second + level];
            one->trust += own->trust;
            other->trust += own->trust;
            one->understanding += own->understanding;
            other->understanding += own->understanding;
            one->relations += 1.0;
            other->relations += 1.0;
        }
    }
    for (int64_t i = 0; i < s->n_levels; i++) {
        struct levels *row = &s->levels[i];
        if (row->relations > 0.0) {
            row->trust /= row->relations;
            row->understanding /= row->relations;
        }
    }
}

static void cases(struct state *s) {
    EACH_ORGANISATION(s, o, own) {
        struct levels *floor = &s->levels[3 * o + 2];
        double arrived = 20.0 * (0.5 + draw(s->clock, CASES, o));
        double joint = least(arrived * floor->trust, 0.5 * floor->hours);
        own->joint_share = joint / arrived;
        floor->hours -= 2.0 * joint;
    }
}

static void projects(struct state *s) {
    for (int64_t g = 0; g < s->n_groups; g++) {
        struct groups *group = &s->groups[g];
        EACH_OF_GROUP(s, group, o, own) {
            struct levels *middle = &s->levels[3 * o + 1];
            if (own->active == 0.0) {
                if (draw(s->clock, START, o) < 0.3 * middle->engagement * middle->trust) {
                    own->active = 1.0;
                    own->progress = 0.0;
                }
                continue;
            }
            own->progress += least(middle->hours, 10.0) * (0.3 + 0.7 * middle->understanding);
            if (own->progress >= 60.0) {
                own->active = 0.0;
                group->finished += 1.0;
                if (draw(s->clock, RESULT, o) < 0.3 + 0.6 * group->routines)
                    middle->satisfaction += 0.2 * (1.0 - middle->satisfaction);
                else
                    middle->satisfaction -= 0.2 * middle->satisfaction;
            }
        }
    }
}

static void agenda(struct state *s) {
    EACH_ORGANISATION(s, o, own) {
        const struct levels *board = &s->levels[3 * o];
        double chance = 0.05 + 0.15 * (1.0 - s->levels[3 * o + 1].understanding);
        if (own->issues < 8.0 && draw(s->clock, ISSUE, o) < chance)
            own->issues += 1.0;
        if (own->issues > 0.0 && draw(s->clock, SOLVED, o) < board->engagement * board->trust)
            own->issues -= 1.0;
    }
}

static void structuring(struct state *s) {
    for (int64_t g = 0; g < s->n_groups; g++) {
        struct groups *group = &s->groups[g];
        double engagement = 0.0, trust = 0.0, joint_share = 0.0;
        EACH_OF_GROUP(s, group, o, own) {
            for (int level = 0; level < 3; level++)
                engagement += s->levels[3 * o + level].engagement;
            trust += s->levels[3 * o + 1].trust;
            joint_share += own->joint_share;
        }
        double members = most(1.0, group->members);
        group->engagement = engagement / 3.0 / members;
        group->trust = trust / members;
        group->joint_share = joint_share / members;
        group->goals += 0.05 * group->engagement * group->trust * (1.0 - group->goals);
        group->routines += 0.08 * group->joint_share * (1.0 - group->routines) - 0.01 * group->routines;
    }
}

static void expectations(struct state *s) {
    double ripe = saturating((double)s->clock->month / 36.0);
    for (int64_t g = 0; g < s->n_groups; g++) {
        struct groups *group = &s->groups[g];
        double expected = group->goals * ripe;
        group->seen = 0.5 * group->routines + 0.5 * group->joint_share;
        group->gap += (most(0.0, expected - group->seen) - group->gap) / 6.0;
    }
}

static void engagement(struct state *s) {
    for (int64_t g = 0; g < s->n_groups; g++) {
        const struct groups *group = &s->groups[g];
        EACH_OF_GROUP(s, group, o, own) {
            for (int level = 0; level < 3; level++) {
                struct levels *row = &s->levels[3 * o + level];
                row->satisfaction += (share(0.3 + 0.7 * row->trust - group->gap) - row->satisfaction) / 12.0;
                row->salience += (0.8 - row->salience) / 12.0;
                double target = row->salience * logistic(2.0 * row->ambition + 2.0 * row->satisfaction +
                                                         1.5 * row->trust + 0.01 * own->horizon - 0.3 * own->issues -
                                                         own->scar - 2.0);
                row->engagement += (target - row->engagement) / 4.0;
            }
        }
    }
}

static void legitimacy(struct state *s) {
    for (int64_t g = 0; g < s->n_groups; g++) {
        struct groups *group = &s->groups[g];
        group->legitimacy += (0.5 * group->members / group->size + 0.5 * group->seen - group->legitimacy) / 12.0;
    }
}

static void membership(struct state *s) {
    for (int64_t g = 0; g < s->n_groups; g++) {
        struct groups *group = &s->groups[g];
        EACH_OF_GROUP(s, group, o, own) {
            own->low = s->levels[3 * o].engagement < s->parameters->leave_below ? own->low + 1.0 : 0.0;
            if (own->low > 12.0 && draw(s->clock, LEAVE, o) < 0.1) {
                own->taking_part = 0.0;
                group->members -= 1.0;
                for (int level = 0; level < 3; level++)
                    s->levels[3 * o + level].engagement = 0.0;
            }
        }
    }
}

static void phases(struct state *s) {
    for (int64_t g = 0; g < s->n_groups; g++) {
        struct groups *group = &s->groups[g];
        double phase = 0.0;
        if (group->engagement > 0.2) {
            phase = 1.0;
            if (group->goals > 0.3) {
                phase = 2.0;
                if (group->joint_share > 0.3) {
                    phase = 3.0;
                    if (group->routines > 0.3) {
                        phase = 4.0;
                        if (group->goals > 0.6 && group->legitimacy > 0.6)
                            phase = 5.0;
                    }
                }
            }
        }
        group->phase = phase;
        group->highest = most(group->highest, phase);
    }
}

static void month(struct state *s) {
    s->clock->month += 1;
    turnover(s);
    budgets(s);
    tenders(s);
    encounters(s);
    relations(s);
    cases(s);
    projects(s);
    agenda(s);
    structuring(s);
    expectations(s);
    engagement(s);
    legitimacy(s);
    membership(s);
    phases(s);
}

static void observe(const struct state *s, struct observation *rows) {
    for (int64_t g = 0; g < s->n_groups; g++) {
        const struct groups *group = &s->groups[g];
        struct observation *row = &rows[g];
        OBSERVE(group, row);
    }
}

/* counts: rows of each kind, in the order of the structures. finals: (runs, groups); series: (runs, months, groups) or 0. */
void run_block(double *buffer, const double *template, const int64_t *counts, int64_t cells, uint64_t seed, int64_t first,
               int64_t runs, int64_t months, struct observation *finals, struct observation *series) {
    struct state s;
    s.clock = (struct clock *)buffer;
    s.parameters = (struct parameters *)(s.clock + counts[0]);
    s.organisations = (struct organisations *)(s.parameters + counts[1]);
    s.levels = (struct levels *)(s.organisations + counts[2]);
    s.pairs = (struct pairs *)(s.levels + counts[3]);
    s.relations = (struct relations *)(s.pairs + counts[4]);
    s.groups = (struct groups *)(s.relations + counts[5]);
    s.n_organisations = counts[2];
    s.n_levels = counts[3];
    s.n_pairs = counts[4];
    s.n_groups = counts[6];
    for (int64_t r = 0; r < runs; r++) {
        memcpy(buffer, template, (size_t)cells * sizeof *buffer);
        s.clock->key = run_key(seed, (uint64_t)(first + r));
        begin(&s);
        for (int64_t t = 0; t < months; t++) {
            month(&s);
            if (series)
                observe(&s, &series[(r * months + t) * s.n_groups]);
        }
        observe(&s, &finals[r * s.n_groups]);
    }
}
