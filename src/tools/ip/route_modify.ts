// ip route add, change, replace, prepend, append, test, delete: from a draft to the kernel's request.
// Read first: route_parse.ts. Where iproute2 chooses the scope and the table itself, it is done here.

import { RT_SCOPE_HOST, RT_SCOPE_LINK, RT_SCOPE_NOWHERE, RT_SCOPE_UNIVERSE } from '../../uapi/link.ts'
import type { NewMode, NextHopSpec, RouteSpec } from '../../uapi/request.ts'
import { type Route, type RouteType, RT_TABLE_LOCAL, RT_TABLE_MAIN, RTPROT_BOOT } from '../../uapi/route.ts'
import type { Args } from './args.ts'
import type { Context } from './context.ts'
import type { DeviceNames } from './print_env.ts'
import { metricsOf } from './route_metrics.ts'
import { type NextHopDraft, parseRouteDraft, type RouteDraft } from './route_parse.ts'

function defaultScope(d: RouteDraft, type: RouteType | null, deleting: boolean): number {
  switch (type) {
    case 'local':
    case 'nat':
      return RT_SCOPE_HOST
    case 'broadcast':
    case 'multicast':
    case 'anycast':
      return RT_SCOPE_LINK
    case null:
    case 'unicast':
      if (deleting) return RT_SCOPE_NOWHERE
      return d.gateway === undefined && d.nexthops === null ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE
    default:
      return deleting ? RT_SCOPE_NOWHERE : RT_SCOPE_UNIVERSE
  }
}

function nextHopSpec(h: NextHopDraft): NextHopSpec {
  return {
    ...(h.gateway === undefined ? {} : { gateway: h.gateway }),
    ...(h.oif === undefined ? {} : { dev: h.oif }),
    ...(h.weight === undefined ? {} : { weight: h.weight }),
    ...(h.flags === 0 ? {} : { flags: h.flags }),
  }
}

/** The request of a draft, with what iproute2 fills in. */
function routeSpec(d: RouteDraft, devices: DeviceNames, deleting: boolean): RouteSpec {
  const type = d.type ?? (deleting ? null : 'unicast')
  const inLocal = type === 'local' || type === 'broadcast' || type === 'nat' || type === 'anycast'
  const protocol = d.protocol ?? (deleting ? undefined : RTPROT_BOOT)
  const metrics = metricsOf(d.metrics)
  return {
    dst: d.dst!.addr,
    len: d.dst!.len,
    table: d.table ?? (inLocal ? RT_TABLE_LOCAL : RT_TABLE_MAIN),
    scope: d.scope ?? defaultScope(d, type, deleting),
    ...(type === null ? {} : { type }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(d.tos === undefined ? {} : { tos: d.tos }),
    ...(d.metric === undefined ? {} : { metric: d.metric }),
    ...(d.prefsrc === undefined ? {} : { prefsrc: d.prefsrc }),
    ...(d.gateway === undefined ? {} : { gateway: d.gateway }),
    ...(d.dev === undefined ? {} : { dev: devices.index(d.dev) }),
    ...(d.flags === 0 ? {} : { flags: d.flags }),
    ...(d.nexthops === null ? {} : { multipath: d.nexthops.map(nextHopSpec) }),
    ...(metrics === null ? {} : { metrics }),
  }
}

/** Everything that a dump said of a route, as a request to delete exactly it (ip route flush). */
export function exactSpec(r: Route): RouteSpec {
  const only = r.nexthops.length === 1 ? r.nexthops[0] : undefined
  return {
    dst: r.dst,
    len: r.len,
    table: r.table,
    tos: r.tos,
    type: r.type,
    scope: r.scope,
    protocol: r.protocol,
    ...(r.metric === 0 ? {} : { metric: r.metric }),
    ...(r.prefsrc === 0 ? {} : { prefsrc: r.prefsrc }),
    ...(only === undefined || only.gateway === 0 ? {} : { gateway: only.gateway }),
    ...(only === undefined || only.oif === 0 ? {} : { dev: only.oif }),
    ...(r.nexthops.length < 2
      ? {}
      : {
          multipath: r.nexthops.map((h) => ({
            ...(h.gateway === 0 ? {} : { gateway: h.gateway }),
            dev: h.oif,
            weight: h.weight,
            flags: h.flags,
          })),
        }),
    ...(r.metrics === null ? {} : { metrics: r.metrics }),
  }
}

export function modifyRoute(ctx: Context, args: Args, mode: NewMode | 'delete'): number {
  const d = parseRouteDraft(args, ctx.opt.family, { names: ctx.names, devices: ctx, listed: false })
  const route = routeSpec(d, ctx, mode === 'delete')
  return mode === 'delete' ? ctx.change('route.del', { route }) : ctx.change('route.new', { mode, route })
}
