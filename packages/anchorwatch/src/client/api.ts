// Made from docs/openapi.json by `npm run docs`.
export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process lives */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything works that has to
         * @description 503 while the database or the ledger's publisher does not.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Readiness"];
                    };
                };
                /** @description Default Response */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Readiness"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers for Prometheus */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The watch as a whole
         * @description Counted is what whoever asks may see.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Status"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an error code means */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.problem-type/v1";
                            code: string;
                            meaning: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stacks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Stacks, by name */
        get: {
            parameters: {
                query?: {
                    health?: "new" | "ok" | "failed" | "gone";
                    /** @description Only the stack of exactly this name. */
                    name?: string;
                    /** @description What the name begins with. */
                    prefix?: string;
                    /** @description NAME=VALUE, several times for several: only stacks that have all of them. */
                    label?: string[];
                    sort?: "name" | "lastCheckAt";
                    /** @description asc: the smallest, or oldest, first. */
                    order?: "asc" | "desc";
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.stacks/v1";
                            stacks: components["schemas"]["Stack"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Adds a stack
         * @description Names are unique. Whoever does not see every stack would learn by a name that is taken what he may not see: his stacks get eight letters and digits behind theirs, whichever names there are.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WantedStackInput"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Stack"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stacks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One stack */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Stack"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Watches a stack no more
         * @description Its drifts stay. A stack that a file declares goes when it is gone from there.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is gone. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stacks/{id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Checks a stack as soon as may be */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description Addresses to look at; empty: all.
                         * @default []
                         */
                        addresses?: string[];
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.check-wanted/v1";
                            stackId: string;
                            /** Format: date-time */
                            at: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stacks/{id}/gate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether a stack may be deployed
         * @description In sync, not frozen, and by which rules a plan is to be judged. The plan itself stays where it is: anchorwatch gate judges it there.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StackGate"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stacks/{id}/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The resources of a stack, by address
         * @description What its state has, as it was read last; values are not kept.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Exactly, such as aws_s3_bucket. */
                    type?: string;
                    /** @description What the address begins with. */
                    address?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.resources/v1";
                            stackId: string;
                            resources: components["schemas"]["Resource"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/actors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who caused drifts, the latest first
         * @description Counted is what whoever asks may see. The drifts themselves: GET /drifts?actor=PRINCIPAL.
         */
        get: {
            parameters: {
                query?: {
                    /** @description What principal or person contain. */
                    search?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.actors/v1";
                            actors: components["schemas"]["SeenActor"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drifts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Drifts, the newest change first */
        get: {
            parameters: {
                query?: {
                    /** @description Id of a stack. */
                    stack?: string;
                    status?: "open" | "closed";
                    verdict?: "changed" | "deleted" | "unmanaged" | "absorbed";
                    /** @description Exactly, such as aws_s3_bucket. */
                    type?: string;
                    /** @description What the address begins with. */
                    address?: string;
                    /** @description A principal, or a person, exactly. */
                    actor?: string;
                    class?: "security" | "operational";
                    /** @description Exactly. */
                    severity?: "info" | "low" | "medium" | "high" | "critical";
                    /** @description Whether an exception silences it. */
                    excepted?: "true" | "false";
                    /** @description severity: the severest first, among equals what changed last. */
                    sort?: "updatedAt" | "openedAt" | "severity";
                    /** @description asc: the smallest, or oldest, first. */
                    order?: "asc" | "desc";
                    /** @description Only those whose time, of `sort`, is then or later; by severity, the last change. */
                    from?: string;
                    /** @description Only those whose time, of `sort`, is before. */
                    to?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.drifts/v1";
                            drifts: components["schemas"]["Drift"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drifts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One drift, with every value it had */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.drift-history/v1";
                            drift: components["schemas"]["Drift"];
                            /** @description Oldest first. */
                            history: components["schemas"]["DriftStep"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What people are told of drift, the newest change first */
        get: {
            parameters: {
                query?: {
                    status?: "open" | "resolved";
                    /** @description Of one of its drifts, at least. */
                    severity?: "info" | "low" | "medium" | "high" | "critical";
                    class?: "security" | "operational";
                    /** @description Id of a stack that one of its drifts is in. */
                    stack?: string;
                    /** @description Id of one of its drifts. */
                    drift?: string;
                    /** @description Whether somebody has. */
                    acknowledged?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.alerts/v1";
                            alerts: components["schemas"]["Alert"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One alert: its drifts, who answered, and what became of telling each channel */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.alert-details/v1";
                            alert: components["schemas"]["Alert"];
                            /** @description The first 100 that you may see, those that are open first. */
                            driftIds: string[];
                            /** @description Those of them that no stack has: `/unmanaged/{id}` tells of them. `driftIds` are drifts of stacks. */
                            unmanagedIds: string[];
                            deliveries: components["schemas"]["AlertDelivery"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Acknowledges an alert
         * @description Somebody has seen it, and it goes no further up. What gets worse, or begins again, is told again. It counts for all of its drifts: whoever may not acknowledge one of them is refused.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Why; it stands in the ledger. */
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Alert"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accepts the drift that an alert tells of, until a moment
         * @description An exception, as POST /exceptions makes it, where the alert tells of one drift of a stack. It ends the alert; what the drift becomes is told again, and so is what is still there at its end.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * Format: date-time
                         * @description Within a year.
                         */
                        until: string;
                        /** @description Why; it stands in the ledger. */
                        reason: string;
                        /** @description Of the drift, as it was read: what it has become since is not accepted. */
                        digest: string;
                        /**
                         * @description Also when it is critical, or becomes so.
                         * @default false
                         */
                        evenCritical?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Exception"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}/snooze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Snoozes an alert
         * @description Nobody hears of it until then, unless it gets worse; then, where it is still open, it is told again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * Format: date-time
                         * @description Within 30 days.
                         */
                        until: string;
                        /** @description Why; it stands in the ledger. */
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Alert"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where people are told, and how that is doing */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.channels/v1";
                            channels: components["schemas"]["AlertChannel"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What could not be delivered, the newest first */
        get: {
            parameters: {
                query?: {
                    channel?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.dead-letters/v1";
                            deadLetters: components["schemas"]["AlertDelivery"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/dead-letters/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has dead letters sent again
         * @description What there is to tell by now is told; what was resolved before anybody was told is not.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Only of this one. */
                        channel?: string;
                        /** @description Only of this one. */
                        alert?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.resent/v1";
                            count: number;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tells a channel that this is a test, and that it is over */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.channel-test/v1";
                            channel: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Checks, newest first
         * @description Those that found something, failed, or were asked for. A sweep that finds everything as before leaves none.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Id of a stack. */
                    stack?: string;
                    outcome?: "complete" | "incomplete" | "failed";
                    trigger?: "schedule" | "event" | "manual" | "ci";
                    /** @description Only those that ended then or later. */
                    from?: string;
                    /** @description Only those that ended before. */
                    to?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.check-records/v1";
                            checks: components["schemas"]["CheckRecord"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stacks that have the same resources, newest change first
         * @description Each of two such stacks undoes what the other one deploys.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Id of a stack. */
                    stack?: string;
                    status?: "open" | "closed";
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.claims/v1";
                            claims: components["schemas"]["Claim"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes that audit trails told of, newest first */
        get: {
            parameters: {
                query?: {
                    /** @description Only what touched this stack; its id. */
                    stack?: string;
                    /** @description true: only what touched nothing that a stack knows; false: without that. Only those who may see the watch as a whole see it. */
                    candidates?: "true" | "false";
                    /** @description Who made the change, exactly. */
                    principal?: string;
                    /** @description Such as AuthorizeSecurityGroupIngress. */
                    name?: string;
                    /** @description Such as ec2.amazonaws.com. */
                    service?: string;
                    /** @description Only those that were received then or later. */
                    from?: string;
                    /** @description Only those that were received before. */
                    to?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.events/v1";
                            events: components["schemas"]["Event"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/detectors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What has to give signs of life, and whether it does */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.detectors/v1";
                            /** @description The dead first, then by age; the first 500. */
                            detectors: components["schemas"]["Detector"][];
                            /** @description How many there are in all. */
                            alive: number;
                            dead: number;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/unmanaged": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What runs and no stack has, newest change first */
        get: {
            parameters: {
                query?: {
                    /** @description As the operator's file calls it. */
                    account?: string;
                    /** @description Default: what is open or accepted. */
                    status?: "open" | "accepted" | "closed";
                    type?: string;
                    region?: string;
                    class?: "security" | "operational";
                    /** @description Exactly. */
                    severity?: "info" | "low" | "medium" | "high" | "critical";
                    /** @description severity: the severest first, among equals what changed last. */
                    sort?: "updatedAt" | "severity";
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.unmanaged-list/v1";
                            unmanaged: components["schemas"]["Unmanaged"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/unmanaged/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The accounts that are searched, and what the last search looked at */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.searched-accounts/v1";
                            accounts: components["schemas"]["SearchedAccount"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/unmanaged/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of what no stack has */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Unmanaged"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/unmanaged/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accepts what is there
         * @description What is open at this moment becomes part of the baseline; what is new, or changes in what matters, is told all the same.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description As the operator's file calls it. */
                        account: string;
                        /** @description Of these; absent: everything that is there now. */
                        ids?: string[];
                        /** @description Only of this type. */
                        type?: string;
                        /** @description Only in this region. */
                        region?: string;
                        /** @description Why; it stands in the ledger. */
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.baseline/v1";
                            /** @description How many were changed. */
                            count: number;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/unmanaged/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes an acceptance back
         * @description What was accepted is open again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description As the operator's file calls it. */
                        account: string;
                        /** @description Of these; absent: everything that is there now. */
                        ids?: string[];
                        /** @description Only of this type. */
                        type?: string;
                        /** @description Only in this region. */
                        region?: string;
                        /** @description Why; it stands in the ledger. */
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.baseline/v1";
                            /** @description How many were changed. */
                            count: number;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Exceptions, the newest change first
         * @description What people decided about drift: accepted, ignored, escalated.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Id of a stack. */
                    stack?: string;
                    /** @description Id of a drift that is accepted. */
                    drift?: string;
                    kind?: "accept" | "ignore" | "escalate";
                    state?: "active" | "expired" | "rearmed" | "revoked";
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.exceptions/v1";
                            exceptions: components["schemas"]["Exception"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Makes an exception
         * @description A drift is accepted until a moment, what matches a pattern is ignored until a moment, or is worse than the rules think.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WantedExceptionInput"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Exception"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exceptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One exception */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Exception"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Takes an exception back
         * @description If-Match says which version was read. What it silenced is told again.
         */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description ETag of what was read, or *. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Exception"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/freezes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Freezes, the newest change first
         * @description Stacks that must not be deployed, by whom, why, and until when.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Id of a stack. */
                    stack?: string;
                    state?: "active" | "thawed" | "expired";
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.freezes/v1";
                            freezes: components["schemas"]["Freeze"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Freezes deployments of a stack
         * @description The gate says no, with the reason, until it is thawed or its time is over.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WantedFreezeInput"];
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Freeze"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/freezes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One freeze */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Freeze"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Thaws a freeze
         * @description If-Match says which version was read. Others of the same stack stay in force.
         */
        delete: {
            parameters: {
                query?: {
                    /** @description Why; the gate says it, and it stands in the ledger. */
                    reason?: string;
                };
                header?: {
                    /** @description ETag of what was read, or *. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Freeze"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/playbooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Playbooks of the operator's file */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.playbooks/v1";
                            playbooks: components["schemas"]["Playbook"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/playbooks/{name}/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a playbook would do for a drift as it is now
         * @description Nothing is done: no channel hears of it, and nothing is frozen.
         */
        get: {
            parameters: {
                query: {
                    /** @description Id of a drift. */
                    drift: string;
                };
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlaybookDryRun"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/playbook-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs of playbooks, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description Id of a stack. */
                    stack?: string;
                    /** @description Id of a drift. */
                    drift?: string;
                    playbook?: string;
                    status?: "running" | "done" | "stopped" | "failed";
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.playbook-runs/v1";
                            runs: components["schemas"]["PlaybookRun"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/playbook-runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run of a playbook, step by step */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PlaybookRun"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The configuration that is in force
         * @description Names of secrets are shown, their values never.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ConfigurationInForce"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Entries of the ledger, the newest first
         * @description Each was proven to be in the log. A page is what one bounded piece of work found: it may have fewer than `limit`, or none, and there is more as long as it has `next`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description drift.opened, or how several begin: drift. */
                    kind?: string;
                    /** @description Name of a stack, exactly. */
                    stack?: string;
                    /** @description Of a resource, exactly. */
                    address?: string;
                    /** @description Id or name of a principal outside, exactly. */
                    actor?: string;
                    /** @description Id or name of a person here, exactly. */
                    user?: string;
                    /** @description Anywhere in an entry but in values of resources, in upper or lower case. */
                    text?: string;
                    /** @description Of one entry. */
                    id?: string;
                    /** @description Only those whose time is then or later. */
                    from?: string;
                    /** @description Only those whose time is before. */
                    to?: string;
                    /** @description asc: the smallest, or oldest, first. */
                    order?: "asc" | "desc";
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.ledger-entries/v1";
                            entries: {
                                /** @description Its place in the log, from 0. */
                                index: number;
                                /** @description What the tree has of it, base64. */
                                leafHash: string;
                                /** @description The entry; docs/schema/ledger-entry-v1.schema.json describes it. */
                                entry?: Record<string, never>;
                                /** @description Why it is no entry that this version can read. */
                                unreadable?: string;
                            }[];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/entries/{index}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One entry of the ledger */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Its place in the log, from 0. */
                    index: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LedgerEntry"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stacks/{id}/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the ledger says of a stack while it was there, the newest first
         * @description A page is what one bounded piece of work found: it may have fewer than `limit`, or none, and there is more as long as it has `next`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description drift.opened, or how several begin: drift. */
                    kind?: string;
                    /** @description Of a resource, exactly. */
                    address?: string;
                    /** @description Only those whose time is then or later. */
                    from?: string;
                    /** @description Only those whose time is before. */
                    to?: string;
                    /** @description asc: the smallest, or oldest, first. */
                    order?: "asc" | "desc";
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.stack-ledger/v1";
                            entries: {
                                /** @description What the tree has of it, base64. */
                                leafHash: string;
                                /** @description The entry; docs/schema/ledger-entry-v1.schema.json describes it. */
                                entry?: Record<string, never>;
                                /** @description Why it is no entry that this version can read. */
                                unreadable?: string;
                            }[];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest checkpoint */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LedgerCheckpoint"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/entries/{index}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The proof that an entry is in the ledger */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Its place in the log, from 0. */
                    index: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A file that `anchorwatch ledger verify-proof` verifies by itself (C2SP tlog-proof). */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/consistency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The proof that the ledger of `new` entries begins with that of `old` */
        get: {
            parameters: {
                query: {
                    /** @description How many entries somebody knows. */
                    old: string;
                    /** @description Absent: all that there are. */
                    new?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LedgerConsistency"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drifts/{id}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The proof that the ledger has the entry that opened a drift */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A file that `anchorwatch ledger verify-proof` verifies by itself (C2SP tlog-proof). */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/ways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How people can sign in */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.ways-in/v1";
                            passwords: boolean;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in with a password */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        login: string;
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a passkey is to sign, to sign in */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description For PublicKeyCredential.parseRequestOptionsFromJSON(). */
                            options: Record<string, never>;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in with a passkey */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        answer: components["schemas"]["AuthenticationAnswerInput"];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who one is, and what roles one has */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WhoAmI"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Signs out */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Nobody is signed in here any more. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where one is signed in */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.sessions/v1";
                            sessions: components["schemas"]["Session"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/end-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs out everywhere */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description Revokes one's tokens as well.
                         * @default false
                         */
                        tokens?: boolean;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.ended/v1";
                            sessions: number;
                            tokens: number;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Signs out elsewhere */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is over. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a link of the first run, or of an invitation, is for */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description What stands behind # in the link. */
                        secret: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Setup"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Chooses a password, and signs in */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description What stands behind # in the link. */
                        secret: string;
                        person: {
                            /**
                             * @description To sign in with; of who was invited it is given.
                             * @default
                             */
                            login?: string;
                            /**
                             * @description For people.
                             * @default
                             */
                            name?: string;
                        };
                        password: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a passkey is to be made with */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description What stands behind # in the link. */
                        secret: string;
                        person: {
                            /**
                             * @description To sign in with; of who was invited it is given.
                             * @default
                             */
                            login?: string;
                            /**
                             * @description For people.
                             * @default
                             */
                            name?: string;
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description For PublicKeyCredential.parseCreationOptionsFromJSON(). */
                            options: Record<string, never>;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Registers a passkey, and signs in */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description What stands behind # in the link. */
                        secret: string;
                        person: {
                            /**
                             * @description To sign in with; of who was invited it is given.
                             * @default
                             */
                            login?: string;
                            /**
                             * @description For people.
                             * @default
                             */
                            name?: string;
                        };
                        /**
                         * @description What the passkey is called.
                         * @default
                         */
                        label?: string;
                        answer: components["schemas"]["RegistrationAnswerInput"];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedIn"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/proof/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a passkey is to sign, to prove that it is still oneself */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description For PublicKeyCredential.parseRequestOptionsFromJSON(). */
                            options: Record<string, never>;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Proves with a passkey that it is still oneself
         * @description The session is a strong one from then on, with another cookie.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        answer: components["schemas"]["AuthenticationAnswerInput"];
                    };
                };
            };
            responses: {
                /** @description It is. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/proof/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Proves with the password that it is still oneself
         * @description For who has no passkey. The session has another cookie from then on.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        password: string;
                    };
                };
            };
            responses: {
                /** @description It is. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own passkeys */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.passkeys/v1";
                            passkeys: components["schemas"]["Passkey"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Registers another passkey
         * @description Within ten minutes of signing in, or of proving again that it is still oneself; who has a passkey, with it.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description What the passkey is called.
                         * @default
                         */
                        label?: string;
                        answer: components["schemas"]["RegistrationAnswerInput"];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Passkey"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/passkeys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes a passkey
         * @description All other sessions end.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It opens nothing any more. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/passkeys/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What another passkey is to be made with */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description For PublicKeyCredential.parseCreationOptionsFromJSON(). */
                            options: Record<string, never>;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether one has a password */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OwnPassword"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Chooses or changes one's own password
         * @description All other sessions end.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Until now; absent: there was none. */
                        current?: string;
                        wanted: string;
                    };
                };
            };
            responses: {
                /** @description It is changed. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /**
         * Removes one's own password
         * @description For who has a passkey. All other sessions end.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It opens nothing any more. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users, by login */
        get: {
            parameters: {
                query?: {
                    /** @description Absent: all but the removed. */
                    status?: "active" | "disabled" | "removed";
                    /** @description Only who signs in with exactly this name. */
                    login?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.users/v1";
                            users: components["schemas"]["User"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Invites a user
         * @description With the link he chooses a passkey or a password, within seven days.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        login: string;
                        name?: string;
                        /** Format: email */
                        email?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Invitation"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Removes a user for ever
         * @description He is signed out everywhere; his tokens are revoked, and his roles taken away. What he did keeps his name.
         */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description ETag of what was read, or *. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description He is gone. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Changes a user
         * @description If-Match says which version was read. Who is disabled is signed out everywhere, and his tokens are revoked.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description ETag of what was read, or *. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        login?: string;
                        name?: string;
                        /** Format: email */
                        email?: string;
                        /** @enum {string} */
                        status?: "active" | "disabled";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/users/{id}/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a user another link
         * @description For who has lost his way in. All links that he was given before are dead.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Invitation"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/role-assignments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who has which role, and where
         * @description Those of the operator's file and those that were given by API.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.role-assignments/v1";
                            assignments: components["schemas"]["RoleAssignment"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Gives a role */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        role: "viewer" | "operator" | "approver" | "auditor" | "administrator";
                        subject: {
                            /** @enum {string} */
                            kind: "user";
                            id: string;
                        } | {
                            /** @enum {string} */
                            kind: "login";
                            login: string;
                        } | {
                            /** @enum {string} */
                            kind: "group";
                            /** @description PROVIDER:GROUP */
                            group: string;
                        } | {
                            /** @enum {string} */
                            kind: "workload";
                            name: string;
                        };
                        /**
                         * @description Labels that must all be there; empty: everywhere.
                         * @default {}
                         */
                        scope?: {
                            [key: string]: string;
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RoleAssignment"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/role-assignments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Takes a role away
         * @description Whoever had it is signed out.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is taken away. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The policies that are in force */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.access-policies/v1";
                            policies: components["schemas"]["Policy"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The roles, and what each of them may */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.access-roles/v1";
                            roles: components["schemas"]["RolePermissions"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Whether somebody may something, and why
         * @description Of somebody who never signed in, it tells what his login alone would give him.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description A login, the id of a user, or workload:NAME. */
                        user: string;
                        /**
                         * @description stack.view: see a stack, its checks, drifts, resources and events; stack.check: have a stack checked now; exception.manage: accept, ignore or escalate drift of a stack, or take that back; stack.remove: stop watching a stack; remediation.request: ask for a drift to be put right; remediation.review: answer such a request; drift.acknowledge: acknowledge and snooze alerts of a stack's drift; deploy.freeze: freeze deployments of a stack, and thaw them; account.view: see what exists in an account that no stack knows; account.baseline: accept what exists there, or take that back; stack.add: have a stack watched that has these labels; watch.view: see sources, detectors and events that touched nothing; watch.manage: have any folder of the server's machine watched; its code is trusted; channels.manage: send dead letters again, and test channels; metrics.view: read the metrics; configuration.view: see the configuration that is in force; ledger.view: read the whole ledger; access.view: see users, tokens, roles and policies; access.manage: change users, roles and the tokens of others
                         * @enum {string}
                         */
                        action: "stack.view" | "stack.check" | "exception.manage" | "stack.remove" | "remediation.request" | "remediation.review" | "drift.acknowledge" | "deploy.freeze" | "account.view" | "account.baseline" | "stack.add" | "watch.view" | "watch.manage" | "channels.manage" | "metrics.view" | "configuration.view" | "ledger.view" | "access.view" | "access.manage";
                        /** @description Absent: the installation. */
                        resource?: {
                            /** @description Id of a stack. */
                            stack: string;
                        } | {
                            labels: {
                                [key: string]: string;
                            };
                        };
                        /**
                         * @default session
                         * @enum {string}
                         */
                        channel?: "session" | "token";
                        /**
                         * @description With a passkey or a second factor.
                         * @default false
                         */
                        strong?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AccessExplanation"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One's own tokens, the newest first
         * @description A token that is limited, and that of a pipeline, sees and revokes itself alone.
         */
        get: {
            parameters: {
                query?: {
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.tokens/v1";
                            tokens: components["schemas"]["Token"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Makes a token
         * @description In a browser alone, by who has proven himself within ten minutes (`proof_needed`): tokens make no tokens.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /**
                         * Format: date-time
                         * @description When it ends; the operator says how late that may be.
                         */
                        expiresAt: string;
                        /** @description It may only what these roles may there, and never more than its owner. */
                        limit?: {
                            roles: ("viewer" | "operator" | "approver" | "auditor" | "administrator")[];
                            /**
                             * @description Labels that must all be there; empty: everywhere.
                             * @default {}
                             */
                            scope?: {
                                [key: string]: string;
                            };
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.new-token/v1";
                            token: components["schemas"]["Token"];
                            /** @description Shown this once: Authorization: Bearer SECRET. */
                            secret: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes one of one's own tokens */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It opens nothing any more. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everybody's tokens, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description Id of a user. */
                    user?: string;
                    /** @description How many at most. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.tokens/v1";
                            tokens: components["schemas"]["Token"][];
                            /** @description Cursor of the next page; absent: this is the last one. */
                            next?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes anybody's token */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It opens nothing any more. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/device": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A program asks to be let in */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @description Shown to who confirms: the machine's name.
                         * @default
                         */
                        name?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.device-login/v1";
                            /** @description The program's secret. */
                            deviceCode: string;
                            /** @description For a person to type. */
                            userCode: string;
                            verificationUri: string;
                            /** @description With the code in it. */
                            verificationUriComplete: string;
                            /** @description Seconds from one question to the next. */
                            interval: number;
                            /** @description Seconds. */
                            expiresIn: number;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/device/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The program asks whether it is let in
         * @description Once it is, the token comes once.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        deviceCode: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.device-token/v1";
                            /** @enum {string} */
                            status: "pending" | "slow_down" | "denied" | "expired" | "allowed";
                            token?: components["schemas"]["Token"];
                            secret?: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/device/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which program asks with a code */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description As the program shows it: BCDF-GHJK. */
                        userCode: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AskingDevice"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/device/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets the program in, or not
         * @description Letting it in takes a proof within ten minutes (`proof_needed`); refusing it does not.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description As the program shows it: BCDF-GHJK. */
                        userCode: string;
                        /** @enum {string} */
                        answer: "allow" | "deny";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AskingDevice"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Identity providers that people can sign in with */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.identity-providers/v1";
                            providers: {
                                name: string;
                                /** @description For the button. */
                                title: string;
                                /** @description Where the browser is to go. ?returnTo=/PATH says where it goes afterwards. */
                                start: string;
                            }[];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/oidc/{provider}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sends a browser to an identity provider */
        get: {
            parameters: {
                query?: {
                    returnTo?: string;
                };
                header?: never;
                path: {
                    provider: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description To the identity provider. */
                302: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                        "text/html": string;
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                        "text/html": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/oidc/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where an identity provider sends a browser back to
         * @description What it says is in the query (RFC 6749, section 4.1.2; RFC 9207).
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    provider: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed in, to where the person wanted to go. */
                303: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                        "text/html": string;
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                        "text/html": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own accounts of chats */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.chat-accounts/v1";
                            chatAccounts: components["schemas"]["ChatAccount"][];
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Links the account of a chat that asks with a code
         * @description Who presses a button there acts in one's name from then on. Within ten minutes of signing in, or of proving again that it is still oneself; who has a passkey, with it.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description As the chat has shown it: BCDF-GHJK. */
                        code: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChatAccount"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat-accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Unlinks an account of a chat */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Its presses of buttons are nobody's any more. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chat-accounts/look": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Which account of a chat asks with a code */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description As the chat has shown it: BCDF-GHJK. */
                        code: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AskingChatAccount"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/workload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a pipeline a token for the one that its forge made for it
         * @description The pipeline must be one of access.workloads in anchorwatch.server.yaml. Each token of a forge is good once; what is given lasts 15 minutes.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description ID token of GitHub Actions or GitLab CI. */
                        token: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            schema: "anchorwatch.workload-token/v1";
                            /** @description As the operator's file calls the pipeline. */
                            workload: string;
                            /** @description For Authorization: Bearer TOKEN. It is shown this once. */
                            token: string;
                            /** Format: date-time */
                            expiresAt: string;
                        };
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live changes, as server-sent events
         * @description What any process that works on the same database stored, as far as whoever asks may see it. Events: drift, stack, check, alert (that one began, changed or ended), event (one that touched something that a stack knows), detector, configuration, in the shapes of the routes; and `ready`, first of all and after a gap, which says whether everything since Last-Event-ID follows (`resumed`), or has to be loaded anew. It ends by itself now and then, and goes on when its reader comes back.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Id of the only stack to hear of. */
                    stack?: string;
                };
                header?: {
                    "last-event-id"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{source}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes events for a source of kind http
         * @description Signed as Standard Webhooks are (docs/events.md). Answers once everything is stored. What was answered with 409 is stored already; after any other problem the same may be sent again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    source: string;
                };
                cookie?: never;
            };
            /** @description Events, in one of the forms of docs/events.md. */
            requestBody: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Receipt"];
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/slack/{name}/interactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes presses of buttons from Slack
         * @description Signed as Slack signs (docs/alerts/channels.md). The account that presses has to be linked to a user; whoever pressed is told in Slack what became of it.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            /** @description A form whose member `payload` is JSON. */
            requestBody: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description It was taken. Empty. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": string;
                    };
                };
                /** @description What went wrong */
                "4XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description What went wrong */
                "5XX": {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        WantedExceptionInput: {
            /**
             * @description This drift, as it is.
             * @constant
             */
            kind: "accept";
            driftId: string;
            /** @description The drift's digest, as it was read: what changed since is not accepted. */
            digest: string;
            /**
             * Format: date-time
             * @description Until then, within a year.
             */
            until: string;
            /** @description Why; it stands in the ledger. */
            reason: string;
            /**
             * @description It may silence critical drift, too. Without this, critical drift is told all the same.
             * @default false
             */
            evenCritical?: boolean;
        } | {
            /**
             * @description Whatever matches, of one stack.
             * @constant
             */
            kind: "ignore";
            stackId: string;
            /** @description * stands for anything; what is absent matches everything. */
            pattern: {
                /** @description Type of the resource. */
                type?: string;
                /** @description Its address, with or without instance keys. */
                address?: string;
                /** @description Of attributes, such as tags.*; all that differs has to be there for it to be ignored. */
                path?: string;
            };
            /**
             * Format: date-time
             * @description Until then, within a year.
             */
            until: string;
            /** @description Why; it stands in the ledger. */
            reason: string;
            /**
             * @description It may silence critical drift, too. Without this, critical drift is told all the same.
             * @default false
             */
            evenCritical?: boolean;
        } | {
            /**
             * @description Whatever matches, of one stack, is worse than the rules think.
             * @constant
             */
            kind: "escalate";
            stackId: string;
            /** @description * stands for anything; what is absent matches everything. */
            pattern: {
                /** @description Type of the resource. */
                type?: string;
                /** @description Its address, with or without instance keys. */
                address?: string;
                /** @description Of attributes, such as tags.*; all that differs has to be there for it to be ignored. */
                path?: string;
            };
            raise: {
                /**
                 * @description At least this.
                 * @enum {string}
                 */
                severity?: "info" | "low" | "medium" | "high" | "critical";
                /** @constant */
                class?: "security";
            };
            /**
             * Format: date-time
             * @description Until then, within a year.
             */
            until?: string;
            /** @description Why; it stands in the ledger. */
            reason: string;
        };
        /** @description What the operator says it is; who may see it goes by this. */
        LabelsInput: {
            [key: string]: string;
        };
        /** @description Where a stack's code is. */
        StackOriginInput: {
            /** @constant */
            kind: "folder";
            /** @description Absolute path of the folder on the server's machine. */
            path: string;
        } | {
            /** @constant */
            kind: "repository";
            /** @description Address for git clone, without password. */
            url: string;
            /** @description Branch, tag or commit. */
            ref: string;
            /** @description Folder inside the repository; empty: its root. */
            path: string;
        };
        WantedStackInput: {
            /** @description Unique. Letters, digits and . _ / - */
            name: string;
            /**
             * @default terraform
             * @enum {string}
             */
            engine?: "terraform" | "cloudformation";
            origin: components["schemas"]["StackOriginInput"];
            workspace?: string;
            labels?: components["schemas"]["LabelsInput"];
            /** @description Milliseconds between two sweeps; never rarer than the operator's file says. */
            sweepEveryMs?: number;
        };
        WantedFreezeInput: {
            stackId: string;
            /** @description Why; the gate says it, and it stands in the ledger. */
            reason: string;
            /**
             * Format: date-time
             * @description Until then, within a year. Absent: until somebody thaws it.
             */
            until?: string;
        };
        /** @description PublicKeyCredential.toJSON() of a new passkey. */
        RegistrationAnswerInput: {
            id: string;
            rawId: string;
            /** @constant */
            type: "public-key";
            authenticatorAttachment?: ("cross-platform" | "platform") | null;
            clientExtensionResults: {
                [key: string]: unknown;
            };
            response: {
                clientDataJSON: string;
                attestationObject: string;
                transports?: string[];
            };
        };
        /** @description PublicKeyCredential.toJSON() of a passkey that signed. */
        AuthenticationAnswerInput: {
            id: string;
            rawId: string;
            /** @constant */
            type: "public-key";
            authenticatorAttachment?: ("cross-platform" | "platform") | null;
            clientExtensionResults: {
                [key: string]: unknown;
            };
            response: {
                clientDataJSON: string;
                authenticatorData: string;
                signature: string;
                userHandle?: string | null;
            };
        };
        Policy: {
            id: string;
            /** @enum {string} */
            effect: "permit" | "forbid";
            /** @enum {string} */
            origin: "built-in" | "config";
            /** @description The same in words. */
            means?: string;
            file?: string;
            line?: number;
            /** @description Cedar. */
            text: string;
        };
        RolePermissions: {
            /** @enum {string} */
            role: "viewer" | "operator" | "approver" | "auditor" | "administrator";
            /** @description What it may where it counts, by the built-in policies. Those of the operator can permit and forbid more. */
            actions: ("stack.view" | "stack.check" | "exception.manage" | "stack.remove" | "remediation.request" | "remediation.review" | "drift.acknowledge" | "deploy.freeze" | "account.view" | "account.baseline" | "stack.add" | "watch.view" | "watch.manage" | "channels.manage" | "metrics.view" | "configuration.view" | "ledger.view" | "access.view" | "access.manage")[];
        };
        AccessExplanation: {
            /** @constant */
            schema: "anchorwatch.access-explanation/v1";
            allowed: boolean;
            /**
             * @description Why he does not even come in, whatever the policies say: the account is disabled or removed, or the operator's file does not name his identity provider (provider) or the pipeline (workload).
             * @enum {string}
             */
            barred?: "disabled" | "removed" | "provider" | "workload";
            principal: {
                /** @enum {string} */
                kind: "user" | "workload";
                name: string;
                groups: string[];
                /** @enum {string} */
                channel: "session" | "token" | "workload" | "chat";
                strong: boolean;
            };
            /** @enum {string} */
            action: "stack.view" | "stack.check" | "exception.manage" | "stack.remove" | "remediation.request" | "remediation.review" | "drift.acknowledge" | "deploy.freeze" | "account.view" | "account.baseline" | "stack.add" | "watch.view" | "watch.manage" | "channels.manage" | "metrics.view" | "configuration.view" | "ledger.view" | "access.view" | "access.manage";
            resource: {
                /** @enum {string} */
                kind: "stack" | "account" | "installation";
                labels?: {
                    [key: string]: string;
                };
            };
            /** @description Those that count there. */
            roles: {
                /** @enum {string} */
                role: "viewer" | "operator" | "approver" | "auditor" | "administrator";
                subject: string;
                labels: {
                    [key: string]: string;
                };
                /** @enum {string} */
                origin: "config" | "api";
                file?: string;
                line?: number;
            }[];
            rolesElsewhere: {
                /** @enum {string} */
                role: "viewer" | "operator" | "approver" | "auditor" | "administrator";
                subject: string;
                labels: {
                    [key: string]: string;
                };
                /** @enum {string} */
                origin: "config" | "api";
                file?: string;
                line?: number;
            }[];
            /** @description That permit it, or that forbid it; none: no policy permits it. */
            policies: {
                id: string;
                /** @enum {string} */
                effect: "permit" | "forbid";
                /** @enum {string} */
                origin: "built-in" | "config";
                /** @description The same in words. */
                means?: string;
                file?: string;
                line?: number;
            }[];
            /** @description Policies that could not be evaluated: then the answer is no. */
            failures: {
                message: string;
                policy?: {
                    id: string;
                    /** @enum {string} */
                    effect: "permit" | "forbid";
                    /** @enum {string} */
                    origin: "built-in" | "config";
                    /** @description The same in words. */
                    means?: string;
                    file?: string;
                    line?: number;
                };
            }[];
            limitedByToken: boolean;
            /** @description Where it is denied: what would allow it, each a way of its own. */
            ways: {
                /** @enum {string} */
                kind: "role" | "strong" | "session" | "unlimited";
                /** @enum {string} */
                role?: "viewer" | "operator" | "approver" | "auditor" | "administrator";
            }[][];
        };
        /** @description What went wrong (RFC 9457). */
        Problem: {
            /** @description Address of the code's meaning, relative to the server. */
            type: string;
            /** @description What the code means. */
            title: string;
            status: number;
            /** @description What is wrong this time. */
            detail: string;
            /** @description Stable; docs/errors.md has them all. */
            code: string;
            /** @description What to do about it. */
            hint?: string;
            /** @description Finds the request in the server's log. */
            requestId: string;
            /** @description Each member of the request that is wrong. */
            problems?: {
                path: string;
                message: string;
            }[];
        };
        SeenActor: {
            /** @description Its ARN, as the trail names it. */
            principal: string;
            /** @description Who that is, by the rules of the operator's file. */
            person?: string;
            /**
             * Format: date-time
             * @description When it caused a drift last.
             */
            lastSeenAt: string;
            /** @description That it caused. */
            drifts: number;
            openDrifts: number;
        };
        /** @description A conversation about one drift, or about all drifts of one cause. */
        Alert: {
            /** @constant */
            schema: "anchorwatch.alert/v1";
            id: string;
            /** @enum {string} */
            status: "open" | "resolved";
            /**
             * @description The worst of its drifts that are open, of those that you may see.
             * @enum {string}
             */
            severity: "info" | "low" | "medium" | "high" | "critical";
            /** @enum {string} */
            class: "security" | "operational";
            /** @description What its drifts have in common. */
            cause: {
                /** @enum {string} */
                kind: "drift" | "change" | "actor" | "stack" | "everything";
                principal?: string;
                /** @description Of the person. */
                name?: string;
                type?: string;
                event?: string;
            };
            /** @description Of those that you may see. */
            drifts: number;
            /** @description Of those that you may see. */
            openDrifts: number;
            /** Format: date-time */
            openedAt: string;
            /**
             * Format: date-time
             * @description When it began for the last time.
             */
            begunAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            resolvedAt?: string;
            /** @description Why it is over. */
            resolution?: string;
            /** @description How often it began. */
            times: number;
            acknowledged?: {
                /** Format: date-time */
                at: string;
                by: string;
                byName: string;
                reason?: string;
            };
            snoozed?: {
                /** Format: date-time */
                at: string;
                by: string;
                byName: string;
                reason?: string;
                /** Format: date-time */
                until: string;
            };
            /** @description How often it went further up since it began, since nobody answered. */
            escalation: number;
        };
        /** @description What became of telling a channel of an alert. */
        AlertDelivery: {
            alert: string;
            channel: string;
            /**
             * @description with: another alert's message tells of it.
             * @enum {string}
             */
            state: "told" | "waiting" | "failing" | "dead" | "with";
            /** Format: date-time */
            toldAt?: string;
            /**
             * @description What was told last.
             * @enum {string}
             */
            step?: "open" | "update" | "acknowledge" | "resolve";
            /** @description The alert whose message tells of this one. */
            toldIn?: string;
            /** Format: date-time */
            nextTryAt?: string;
            /** @description In a row. */
            failures: number;
            problem?: string;
            /** Format: date-time */
            deadAt?: string;
        };
        /** @description A place where people are told, and how it is doing. */
        AlertChannel: {
            name: string;
            /** @description Absent: the operator's file has it no more. */
            kind?: string;
            mostPerMinute?: number;
            waiting: number;
            failing: number;
            /** @description Dead letters. */
            dead: number;
            /** Format: date-time */
            lastToldAt?: string;
        };
        /** @description Why it matters, and which values made the rules say so. */
        Classification: {
            /**
             * @description security where any rule of that class fired.
             * @enum {string}
             */
            class: "security" | "operational";
            /**
             * @description After all adjustments.
             * @enum {string}
             */
            severity: "info" | "low" | "medium" | "high" | "critical";
            /** @description false: rules failed, and nothing has lowered the severity. */
            isComplete: boolean;
            problems: {
                rule: string;
                file: string;
                line: number;
                column: number;
                message: string;
            }[];
            /** @description Those that fired, the severest first. */
            rules: {
                id: string;
                title: string;
                /** @enum {string} */
                origin: "builtin" | "operator" | "repository";
                /** @enum {string} */
                class: "security" | "operational";
                /** @enum {string} */
                severity: "info" | "low" | "medium" | "high" | "critical";
                /** @description In a sentence, with the values. */
                explanation: string;
                /** @description What the rule has read. */
                values: {
                    /** @description changes[0].element.from_port */
                    expression: string;
                    /** @description Masked; cut where it is long. */
                    value: unknown;
                }[];
                controls: string[];
                remedy?: {
                    /** @enum {string} */
                    strategy: "rollback" | "redeploy" | "adopt" | "accept";
                    text: string;
                };
            }[];
            /** @description In the order in which they were applied. */
            adjustments: {
                id: string;
                /** @enum {string} */
                origin: "builtin" | "operator" | "repository";
                /** @enum {string} */
                from: "info" | "low" | "medium" | "high" | "critical";
                /** @enum {string} */
                to: "info" | "low" | "medium" | "high" | "critical";
                because: string;
                /** @description What the rule has read. */
                values: {
                    /** @description changes[0].element.from_port */
                    expression: string;
                    /** @description Masked; cut where it is long. */
                    value: unknown;
                }[];
            }[];
            /** @description Where no rule fired: what the class was decided from. */
            fallback?: {
                attribute?: string;
                because: string;
            };
            /** @description Digest of the rules that were in force. */
            policy: string;
            /**
             * Format: date-time
             * @description When a rule that goes by the time may say something else.
             */
            againAt?: string;
        };
        /** @description It is open, and nobody is told of it. */
        Excepted: {
            /** @description Of the exception, or where it stands in the operator's file. */
            id: string;
            /** @enum {string} */
            kind: "accept" | "ignore";
            /** Format: date-time */
            until: string;
        };
        /** @description What people decided about drift. */
        Exception: {
            /** @constant */
            schema: "anchorwatch.exception/v1";
            id: string;
            stackId: string;
            /** @enum {string} */
            kind: "accept" | "ignore" | "escalate";
            /**
             * @description expired: its time is over. rearmed: what was accepted is not what is there any more.
             * @enum {string}
             */
            state: "active" | "expired" | "rearmed" | "revoked";
            reason: string;
            by: string;
            byName?: string;
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            until?: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description Why it ended, in a sentence. */
            because?: string;
            endedBy?: string;
            version: number;
            /** @description Of the drift that it accepts. */
            driftId?: string;
            /** @description Of what was accepted. */
            digest?: string;
            pattern?: {
                type?: string;
                address?: string;
                path?: string;
            };
            raise?: {
                /** @enum {string} */
                severity?: "info" | "low" | "medium" | "high" | "critical";
                /** @constant */
                class?: "security";
            };
            evenCritical?: boolean;
            /** @description What whoever made it should know. */
            warning?: string;
        };
        AskingChatAccount: {
            /** @constant */
            schema: "anchorwatch.asking-chat-account/v1";
            /** @enum {string} */
            service: "slack";
            /** @description The workspace, as the service calls it. */
            team: string;
            account: string;
            /** @description What the account calls itself; nobody has proven it. */
            name: string;
        };
        ChatAccount: {
            /** @constant */
            schema: "anchorwatch.chat-account/v1";
            id: string;
            /** @enum {string} */
            service: "slack";
            /** @description The workspace, as the service calls it. */
            team: string;
            account: string;
            /** @description What the account calls itself; nobody has proven it. */
            name: string;
            /** Format: date-time */
            linkedAt: string;
        };
        /** @description What the operator says it is; who may see it goes by this. */
        Labels: {
            [key: string]: string;
        };
        /** @description Where a stack's code is. */
        StackOrigin: {
            /** @constant */
            kind: "folder";
            /** @description Absolute path of the folder on the server's machine. */
            path: string;
        } | {
            /** @constant */
            kind: "repository";
            /** @description Address for git clone, without password. */
            url: string;
            /** @description Branch, tag or commit. */
            ref: string;
            /** @description Folder inside the repository; empty: its root. */
            path: string;
        };
        /** @description How many resources a check saw; the verdicts add up to `resources`. */
        Coverage: {
            resources: number;
            inSync: number;
            changed: number;
            deleted: number;
            unmanaged: number;
            absorbed: number;
            ignored: number;
            unknown: number;
            notChecked: number;
            pending: number;
        };
        /** @description Which state file was read. */
        StateMark: {
            lineage: string;
            serial: number;
            digest: string;
        };
        Failure: {
            code: string;
            message: string;
            hint?: string;
        };
        Stack: {
            /** @constant */
            schema: "anchorwatch.stack/v1";
            id: string;
            name: string;
            /** @enum {string} */
            engine: "terraform" | "cloudformation";
            origin: components["schemas"]["StackOrigin"];
            workspace?: string;
            labels: components["schemas"]["Labels"];
            /** @enum {string} */
            declaredBy: "config" | "api";
            /** @description Milliseconds between two sweeps. */
            sweepEveryMs: number;
            /** Format: date-time */
            addedAt: string;
            /** @enum {string} */
            health: "new" | "ok" | "failed" | "gone";
            state?: components["schemas"]["StateMark"];
            /** @description Commit of the code that was read last. */
            revision?: string;
            /** Format: date-time */
            lastCheckAt?: string;
            /**
             * Format: date-time
             * @description Of the last check that saw everything it should.
             */
            lastCompleteAt?: string;
            /** Format: date-time */
            nextSweepAt?: string;
            coverage?: components["schemas"]["Coverage"];
            /** @description Why the last check failed. */
            error?: components["schemas"]["Failure"];
            /** @description Failed checks in a row. */
            failures: number;
            openDrifts: number;
        };
        /** @description A check that found something, failed, or was asked for by a person. */
        CheckRecord: {
            /** @constant */
            schema: "anchorwatch.check-record/v1";
            id: string;
            stackId: string;
            /** @enum {string} */
            trigger: "schedule" | "event" | "manual" | "ci";
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            finishedAt: string;
            /** @enum {string} */
            outcome: "complete" | "incomplete" | "failed";
            coverage?: components["schemas"]["Coverage"];
            error?: components["schemas"]["Failure"];
        };
        /** @description Two stacks whose states have the same resources. */
        Claim: {
            /** @constant */
            schema: "anchorwatch.claim/v1";
            id: string;
            /** @description Ids of the two stacks. */
            stacks: string[];
            /** @enum {string} */
            status: "open" | "closed";
            /** @description How many resources both of them have. */
            count: number;
            /** @description The first hundred, by address. */
            resources: {
                type: string;
                id: string;
                /** @description In the one stack and in the other, as `stacks` has them. */
                addresses: string[];
            }[];
            /** Format: date-time */
            openedAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            closedAt?: string;
            /** @description Of the ledger's entry that opened it. */
            entryId: string;
        };
        /** @description Which form of the operator's file is in force. */
        Configuration: {
            /** @constant */
            schema: "anchorwatch.configuration/v1";
            /** @description Absent: the server runs without a file. */
            file?: string;
            /** Format: date-time */
            inForceSince: string;
            /** @description What the file says now cannot be used; what was read before stays in force. */
            refused?: {
                /** Format: date-time */
                at: string;
                problems: {
                    message: string;
                    hint?: string;
                    file?: string;
                    line?: number;
                    column?: number;
                }[];
            };
        };
        ConfigurationInForce: {
            /** @constant */
            schema: "anchorwatch.configuration-in-force/v1";
            configuration: components["schemas"]["Configuration"];
            /** @description All settings, as the file has them with defaults filled in: folders are absolute, durations milliseconds, and secrets are hidden. */
            settings: Record<string, never>;
            /** @description Sections that the file has changed, and that count when the server starts again. */
            atNextStart: string[];
        };
        /** @description Something that has to give signs of life. */
        Detector: {
            /** @constant */
            schema: "anchorwatch.detector/v1";
            /** @description `stack:network`, `events:trail`, `publisher`, `retentions` */
            name: string;
            isAlive: boolean;
            /**
             * Format: date-time
             * @description Its last sign of life.
             */
            at: string;
            /** @description Milliseconds since then. */
            ageMs: number;
            /** @description Silent for longer than this, it is dead. */
            expectedWithinMs: number;
            /** @description From what it saw last happening until it was seen. */
            lagMs?: number;
            /**
             * Format: date-time
             * @description When an event source last told of anything.
             */
            heardAt?: string;
            /** @description Why it is failing; absent: it is well. */
            problem?: string;
            /** Format: date-time */
            wellAt?: string;
            /** Format: date-time */
            deadSince?: string;
        };
        RoleAssignment: {
            /** @constant */
            schema: "anchorwatch.role-assignment/v1";
            id: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "approver" | "auditor" | "administrator";
            subject: {
                /** @constant */
                kind: "user";
                id: string;
            } | {
                /** @constant */
                kind: "login";
                login: string;
            } | {
                /** @constant */
                kind: "group";
                /** @description PROVIDER:GROUP */
                group: string;
            } | {
                /** @constant */
                kind: "workload";
                name: string;
            };
            /** @description Labels that must all be there; empty: everywhere. */
            scope: {
                [key: string]: string;
            };
            /**
             * @description Where it can be taken away again.
             * @enum {string}
             */
            origin: "config" | "api";
            /** @description FILE:LINE, of those of the operator's file. */
            source?: string;
            /** Format: date-time */
            addedAt?: string;
            addedBy?: string;
        };
        User: {
            /** @constant */
            schema: "anchorwatch.user/v1";
            id: string;
            /** @enum {string} */
            kind: "local" | "oidc";
            login: string;
            name: string;
            email?: string;
            /** @enum {string} */
            status: "active" | "disabled" | "removed";
            /** @description PROVIDER:GROUP, as of the last sign-in. */
            groups: string[];
            /** @description As in the ETag. */
            version: number;
            /** Format: date-time */
            addedAt: string;
            /** Format: date-time */
            lastSeenAt?: string;
        };
        Session: {
            /** @constant */
            schema: "anchorwatch.session/v1";
            id: string;
            /** @enum {string} */
            method: "oidc" | "passkey" | "password";
            provider?: string;
            /** @description Proven with a passkey or a second factor. */
            strong: boolean;
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            lastUsedAt: string;
            /** Format: date-time */
            endsAt: string;
            address: string;
            userAgent: string;
            /** @description It is the one that asks. */
            current: boolean;
        };
        Passkey: {
            /** @constant */
            schema: "anchorwatch.passkey/v1";
            id: string;
            name: string;
            /** @description It is kept on other devices, too. */
            isBackedUp: boolean;
            /** Format: date-time */
            addedAt: string;
            /** Format: date-time */
            lastUsedAt?: string;
        };
        Token: {
            /** @constant */
            schema: "anchorwatch.token/v1";
            id: string;
            name: string;
            owner: {
                /** @enum {string} */
                kind: "user" | "workload";
                id: string;
            };
            limit?: {
                roles: ("viewer" | "operator" | "approver" | "auditor" | "administrator")[];
                /** @description Labels that must all be there; empty: everywhere. */
                scope: {
                    [key: string]: string;
                };
            };
            /** Format: date-time */
            addedAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: date-time */
            lastUsedAt?: string;
            lastUsedFrom?: string;
            /** Format: date-time */
            revokedAt?: string;
        };
        AskingDevice: {
            /** @constant */
            schema: "anchorwatch.asking-device/v1";
            /** @description What the program says that it is; nobody has proven it. */
            name: string;
            address: string;
            /** Format: date-time */
            at: string;
        };
        /** @description Who made a change, as the audit trail tells. */
        Actor: {
            /** @description What the audit trail names. */
            principal: string;
            /** @enum {string} */
            kind: "user" | "role" | "root" | "federated" | "service" | "account" | "unknown";
            sessionIssuer?: string;
            sessionName?: string;
            sourceIdentity?: string;
            federated?: {
                provider: string;
                subject?: string;
            };
            account?: string;
            /** @enum {string} */
            channel: "console" | "cli" | "sdk" | "terraform" | "service" | "unknown";
            sourceAddress?: string;
            userAgent?: string;
        };
        /** @description An event that may have caused a drift. */
        Attribution: {
            eventId: string;
            eventName: string;
            service: string;
            /** Format: date-time */
            time: string;
            actor: components["schemas"]["Actor"];
            /** @description The person that the operator's rules map the actor to. */
            person: {
                /** @constant */
                kind: "mapped";
                name: string;
                rule: string;
            } | {
                /** @constant */
                kind: "unmapped";
            };
            /** @description The stack's own delivery principal. */
            isDelivery: boolean;
        };
        Drift: {
            /** @constant */
            schema: "anchorwatch.drift/v1";
            id: string;
            stackId: string;
            /** @description Names the resource also where it has no address. */
            resource: string;
            /** @description Empty for what no stack knows. */
            address: string;
            type: string;
            /** @enum {string} */
            status: "open" | "closed";
            /** @enum {string} */
            verdict: "changed" | "deleted" | "unmanaged" | "absorbed";
            /** @description Equal for equal drift. */
            digest: string;
            /** Format: date-time */
            openedAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            closedAt?: string;
            /**
             * @description How it ended.
             * @enum {string}
             */
            end?: "ignored" | "reverted" | "deployed" | "adopted" | "passed" | "removed";
            /** @description How often it was opened. */
            times: number;
            /** @description Of the ledger's entry that opened it, this time. */
            entryId: string;
            /** @description What is there, secrets masked: `before` and `after` as in the ledger's entry. */
            found: Record<string, never>;
            /** @description By time, the latest first. */
            attributions: components["schemas"]["Attribution"][];
            /** @description What it was compared with when it was last seen. */
            state: components["schemas"]["StateMark"];
            /**
             * Format: date-time
             * @description When what is told here was read.
             */
            seenAt: string;
            /**
             * Format: date-time
             * @description What caused it happened since then.
             */
            causesSince?: string;
            /** @description No event told of it: what the trails' log files were asked for. */
            search?: {
                /** Format: date-time */
                at: string;
                /** Format: date-time */
                from: string;
                /** Format: date-time */
                to: string;
                /** @description Log files that were read. */
                files: number;
                /** @description Above 0: it was cut short, and the oldest files of that time were not read. */
                leftOut: number;
                /** @description Why some of it could not be searched. */
                problem?: string;
            };
            classification?: components["schemas"]["Classification"];
            excepted?: components["schemas"]["Excepted"];
        };
        /** @description One step in the life of a drift. */
        DriftStep: {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            kind: "opened" | "updated" | "absorbed" | "attributed" | "closed" | "reopened" | "classified" | "excepted" | "rearmed";
            /** @enum {string} */
            verdict: "changed" | "deleted" | "unmanaged" | "absorbed";
            /** @description Empty: no check, but time or people made this step. */
            checkId: string;
            /**
             * @description How it ended.
             * @enum {string}
             */
            end?: "ignored" | "reverted" | "deployed" | "adopted" | "passed" | "removed";
            /** @description What is there, secrets masked: `before` and `after` as in the ledger's entry. */
            found: Record<string, never>;
            attributions: components["schemas"]["Attribution"][];
            classification?: components["schemas"]["Classification"];
            excepted?: components["schemas"]["Excepted"];
        };
        /** @description A change, as an audit trail tells of it. */
        Event: {
            /** @constant */
            schema: "anchorwatch.event/v1";
            id: string;
            /** @description Event source, as the operator's file calls it. */
            source: string;
            /** Format: date-time */
            time: string;
            /** Format: date-time */
            receivedAt: string;
            name: string;
            service: string;
            region?: string;
            account?: string;
            actor: components["schemas"]["Actor"];
            /** @description Whatever in the event could name a resource. */
            identifiers: string[];
            /** @description Empty: nothing that a stack knows, a candidate for something unmanaged. */
            touched: {
                stackId: string;
                address: string;
            }[];
        };
        Receipt: {
            /** @constant */
            schema: "anchorwatch.receipt/v1";
            records: number;
            /** @description Of the records, those that tell of a change. */
            changes: number;
            /** @description Of the records, those that could not be read. */
            malformed: number;
        };
        /** @description Deployments of a stack are to wait. */
        Freeze: {
            /** @constant */
            schema: "anchorwatch.freeze/v1";
            id: string;
            stackId: string;
            reason: string;
            /** @description Id of the user; of a playbook playbook:NAME. */
            by: string;
            byName: string;
            /** Format: date-time */
            at: string;
            /**
             * Format: date-time
             * @description Absent: until somebody thaws it.
             */
            until?: string;
            /** @description Of the playbook that did it. */
            run?: string;
            /** @enum {string} */
            state: "active" | "thawed" | "expired";
            /** @description Why it was thawed. */
            because?: string;
            endedBy?: string;
            /** Format: date-time */
            updatedAt: string;
            version: number;
        };
        GateDrift: {
            /** @description Empty for what no stack knows. */
            address: string;
            type: string;
            /** @enum {string} */
            verdict: "changed" | "deleted" | "unmanaged" | "absorbed";
            /** @description Attributes of the resource that differ. */
            attributes: string[];
            /** @enum {string} */
            severity?: "info" | "low" | "medium" | "high" | "critical";
            /** @description Why it matters, in a sentence. */
            why?: string;
            /** @description Who did it, as far as is known. */
            by?: string;
            /** Format: date-time */
            at?: string;
            /**
             * Format: date-time
             * @description An exception silences it until then.
             */
            exceptedUntil?: string;
        };
        /** @description Whether a stack may be deployed, as far as the server knows. */
        StackGate: {
            /** @constant */
            schema: "anchorwatch.stack-gate/v1";
            stack: {
                id: string;
                name: string;
                /** @enum {string} */
                engine: "terraform" | "cloudformation";
                labels: {
                    [key: string]: string;
                };
            };
            /**
             * @description unknown: nobody can tell, which is never a yes. Drift that an exception silences does not count.
             * @enum {string}
             */
            sync: "in_sync" | "drifted" | "unknown";
            /** @description Why it is unknown. */
            because?: string;
            /**
             * Format: date-time
             * @description When all of it was seen the last time.
             */
            asOf?: string;
            openDrifts: number;
            /** @description The severest first, at most 500. */
            drifts: components["schemas"]["GateDrift"][];
            /** @description Deployments are frozen. Absent: they are not. */
            freeze?: {
                reason: string;
                by: string;
                /** Format: date-time */
                at: string;
                /** Format: date-time */
                until?: string;
            };
            /** @description When the gate says no, by the operator's file. */
            settings: {
                /** @enum {string} */
                failOn: "info" | "low" | "medium" | "high" | "critical" | "never";
                rules: {
                    id: string;
                    /** @enum {string} */
                    does: "block" | "tell";
                }[];
                /** @enum {string} */
                drift: "any" | "touched" | "tell";
                /** @enum {string} */
                notKnown: "block" | "tell";
                maxCheckAgeMs: number;
            };
            /** @description The operator's rules, for a pipeline that judges its plan itself. */
            rules: {
                files: {
                    name: string;
                    text: string;
                }[];
                /** @description As JSON; empty: there is nothing beside the files. */
                section: string;
            };
        };
        Health: {
            /** @constant */
            schema: "anchorwatch.health/v1";
            /** @constant */
            alive: true;
            version: string;
        };
        Readiness: {
            /** @constant */
            schema: "anchorwatch.readiness/v1";
            ready: boolean;
            database: {
                /** @enum {string} */
                state: "well" | "failing" | "absent";
                /** @description What is wrong, in a sentence. Of a worker alone; of a server its log tells. */
                problem?: string;
            };
            /** @description Writes to the ledger; absent where there is none. */
            publisher: {
                /** @enum {string} */
                state: "well" | "failing" | "absent";
                /** @description What is wrong, in a sentence. Of a worker alone; of a server its log tells. */
                problem?: string;
            };
            /** @description Of a worker alone; of a server GET /api/v1/configuration tells. */
            configuration?: components["schemas"]["Configuration"];
        };
        Status: {
            /** @constant */
            schema: "anchorwatch.status/v1";
            version: string;
            /** Format: date-time */
            startedAt: string;
            stacks: {
                new: number;
                ok: number;
                failed: number;
                gone: number;
            };
            openDrifts: number;
            /** @description Those that are open. */
            drifts: {
                classes: {
                    security: number;
                    operational: number;
                };
                severities: {
                    critical: number;
                    high: number;
                    medium: number;
                    low: number;
                    info: number;
                };
                unclassified: number;
                /** @description Open, and nobody is told: counted here alone. */
                excepted: number;
            };
            /** @description Pairs of stacks that have the same resources. */
            openClaims: number;
            /** @description For those who may see the watch as a whole. */
            installation?: {
                configuration: components["schemas"]["Configuration"];
                /** @description Entries that wait to be written to the ledger. */
                outbox: {
                    entries: number;
                    /** Format: date-time */
                    oldestAt?: string;
                };
                /** @description Jobs that wait, by queue. */
                queues: {
                    [key: string]: number;
                };
            };
        };
        LedgerCheckpoint: {
            /** @constant */
            schema: "anchorwatch.ledger-checkpoint/v1";
            /** @description Name of the log. */
            origin: string;
            /** @description How many entries it has. */
            size: number;
            /** @description Hash of all of them (RFC 6962), base64. */
            root: string;
            /** @description The checkpoint as it was signed (C2SP tlog-checkpoint). */
            note: string;
            /** @description Keys of the log that signed it. None: this process does not have them, and nothing is authenticated. */
            signedBy: string[];
        };
        LedgerEntry: {
            /** @constant */
            schema: "anchorwatch.ledger-entry/v1";
            /** @description Its place in the log, from 0. */
            index: number;
            /** @description What the tree has of it, base64. */
            leafHash: string;
            /** @description The entry; docs/schema/ledger-entry-v1.schema.json describes it. */
            entry?: Record<string, never>;
            /** @description Why it is no entry that this version can read. */
            unreadable?: string;
            /** @description Of what cannot be read: its bytes, base64. */
            bytes?: string;
        };
        LedgerConsistency: {
            /** @constant */
            schema: "anchorwatch.ledger-consistency/v1";
            old: number;
            new: number;
            /** @description Root of the tree of `old` entries, base64. */
            oldRoot: string;
            /** @description Root of the tree of `new` entries, base64. */
            newRoot: string;
            /** @description Hashes, base64 (RFC 6962, section 2.1.2). */
            proof: string[];
            /** @description The newest checkpoint; it vouches for `newRoot` where its size is `new`. */
            note: string;
        };
        OwnPassword: {
            /** @constant */
            schema: "anchorwatch.own-password/v1";
            /** @description Whether one may have a password: the operator says, and the identity provider. */
            allowed: boolean;
            /**
             * Format: date-time
             * @description Absent: there is none.
             */
            changedAt?: string;
        };
        /** @description What is set in motion by drift; of the operator's file. */
        Playbook: {
            name: string;
            on: ("opened" | "escalated" | "resolved")[];
            steps: {
                kind: string;
                /** @description What it does, in a sentence. */
                does: string;
                timeoutMs: number;
                /** @enum {string} */
                onFailure: "continue" | "stop";
            }[];
        };
        /** @description A playbook that a drift has set in motion, step by step. */
        PlaybookRun: {
            /** @constant */
            schema: "anchorwatch.playbook-run/v1";
            id: string;
            playbook: string;
            driftId: string;
            stackId: string;
            /** @enum {string} */
            event: "opened" | "escalated" | "resolved";
            /**
             * @description done: the last step was taken. stopped: a step said that the rest is not needed.
             * @enum {string}
             */
            status: "running" | "done" | "stopped" | "failed";
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            endedAt?: string;
            /** @description Why it did not go to its end. */
            because?: string;
            steps: {
                kind: string;
                /** @description What it does, in a sentence. */
                does: string;
                /** @enum {string} */
                status: "waiting" | "running" | "done" | "failed" | "stopped" | "skipped";
                /** Format: date-time */
                startedAt?: string;
                /** Format: date-time */
                endedAt?: string;
                attempts: number;
                /** @description What came of it, or what went wrong last. */
                outcome?: string;
            }[];
        };
        /** @description What a playbook would do. Nothing of it was done. */
        PlaybookDryRun: {
            /** @constant */
            schema: "anchorwatch.playbook-dry-run/v1";
            playbook: string;
            driftId: string;
            on: ("opened" | "escalated" | "resolved")[];
            /** @description Whether what it asks of a drift holds for this one. Absent: nobody can tell. */
            holds?: boolean;
            /** @description Why it would not start. */
            because?: string;
            steps: {
                kind: string;
                /** @description What it does, in a sentence. */
                does: string;
                problem?: string;
            }[];
        };
        Resource: {
            address: string;
            type: string;
            /** @description Source address of the provider. */
            provider: string;
            id: string;
            /** @description Its code was not deployed yet. */
            pending?: boolean;
            /** @description The one that is open. */
            drift?: {
                id: string;
                /** @enum {string} */
                verdict: "changed" | "deleted" | "unmanaged" | "absorbed";
            };
        };
        /** @description The session's cookie comes with it. */
        SignedIn: {
            /** @constant */
            schema: "anchorwatch.signed-in/v1";
            session: components["schemas"]["Session"];
        };
        WhoAmI: {
            /** @constant */
            schema: "anchorwatch.who-am-i/v1";
            /** @enum {string} */
            kind: "user" | "workload";
            id: string;
            /** @description Of a pipeline its name. */
            login: string;
            name: string;
            groups: string[];
            /** @enum {string} */
            channel: "session" | "token" | "workload" | "chat";
            /** @description Proven with a passkey or a second factor. */
            strong: boolean;
            roles: {
                /** @enum {string} */
                role: "viewer" | "operator" | "approver" | "auditor" | "administrator";
                /** @description Labels that must all be there; empty: everywhere. */
                scope: {
                    [key: string]: string;
                };
            }[];
            limit?: {
                roles: ("viewer" | "operator" | "approver" | "auditor" | "administrator")[];
                /** @description Labels that must all be there; empty: everywhere. */
                scope: {
                    [key: string]: string;
                };
            };
            session?: components["schemas"]["Session"];
        };
        Setup: {
            /** @constant */
            schema: "anchorwatch.setup/v1";
            /** @enum {string} */
            kind: "first_run" | "invitation";
            login?: string;
            name?: string;
            /** @description Whether a password may be chosen; a passkey always. */
            passwords: boolean;
        };
        /** @description What runs in an account and no stack has. */
        Unmanaged: {
            /** @constant */
            schema: "anchorwatch.unmanaged/v1";
            id: string;
            /** @description As the operator's file calls it. */
            account: string;
            /** @description global: it belongs to none. */
            region: string;
            /** @description As Terraform calls it; else by its ARN, such as comprehend:flywheel. */
            type: string;
            /** @description What terraform import takes. */
            importId: string;
            arn?: string;
            /** @description What it is a part of. */
            parent?: {
                type: string;
                id: string;
            };
            /** @enum {string} */
            status: "open" | "accepted" | "closed";
            /** @description Equal as long as nothing of it changed that matters. */
            digest: string;
            /** @description What it is like, without secrets. */
            attributes: Record<string, never>;
            /** @description Its tags; what is called a secret is hidden. */
            tags: Record<string, never>;
            /**
             * Format: date-time
             * @description As AWS tells it.
             */
            createdAt?: string;
            /** Format: date-time */
            firstSeenAt: string;
            /** Format: date-time */
            openedAt?: string;
            /** Format: date-time */
            seenAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            closedAt?: string;
            /**
             * @description How it ended; managed: a stack has it now.
             * @enum {string}
             */
            end?: "gone" | "managed" | "left_out" | "not_searched";
            /** @description Why it ended, in a sentence. */
            because?: string;
            /** @description How often it was opened. */
            times: number;
            /** @description Who made or changed it, the latest first. */
            attributions: components["schemas"]["Attribution"][];
            /** @description Who has accepted it, and why. */
            accepted?: {
                /** Format: date-time */
                at: string;
                by: string;
                byName?: string;
                reason: string;
            };
            classification?: components["schemas"]["Classification"];
            /** @description Of the ledger's entry that opened it, this time. */
            entryId?: string;
        };
        /** @description An account, and what the last search looked at. */
        SearchedAccount: {
            name: string;
            labels: {
                [key: string]: string;
            };
            /** @description Its number, once it is known. */
            account?: string;
            regions: string[];
            /** Format: date-time */
            nextSearchAt?: string;
            /** @description The last search; absent: there was none yet, and nothing is known. */
            search?: {
                /** Format: date-time */
                startedAt: string;
                /** Format: date-time */
                finishedAt: string;
                /** @description Whether everything could be asked. */
                isComplete: boolean;
                things: number;
                managed: number;
                /** @description Of these, known by a name alone: the stack does not tell in which account it is. */
                managedByGuess: number;
                /** @description Stacks that you may see and whose states could never be read until now: what they have is told as unmanaged. */
                unreadStacks: number;
                /** @description Told as drifts of the stacks whose states they left. */
                drifts: number;
                unmanaged: number;
                /** @description By the rule that leaves them out. */
                leftOut: {
                    [key: string]: number;
                };
                /** @description What was looked at: services, in regions. */
                units: {
                    /** @description Of AWS, such as ec2; or the source address of a provider. */
                    service: string;
                    region: string;
                    /** @description Things that it told of. */
                    seen: number;
                    /** @description What could not be asked; what it did not tell is unknown. */
                    problems: {
                        /** @enum {string} */
                        kind: "denied" | "failed";
                        permission: string;
                        message: string;
                    }[];
                    /** @description Of a provider of the stacks: types that it was asked for. */
                    listed?: string[];
                    /** @description Types that it lists only when it is told what to look for. */
                    notListed?: {
                        type: string;
                        because: string;
                    }[];
                }[];
                calls: number;
                /** @description Of the time, what was spent waiting for AWS. */
                waitedMs: number;
            };
        };
        Invitation: {
            /** @constant */
            schema: "anchorwatch.invitation/v1";
            user: components["schemas"]["User"];
            /** @description Shown this once; whoever has it can sign in as the user. */
            link: string;
            /** Format: date-time */
            expiresAt: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
