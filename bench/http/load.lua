-- wrk ... URL -- CONNECTIONS DEPTH METHOD [BODY]: DEPTH equal requests in one segment; the result is one JSON line.
--
-- The batch takes the place of wrk.format's one request before the run, so wrk holds it as a constant and calls no Lua
-- while it measures. wrk counts the answers itself: a request here is one of the DEPTH, a latency that of the batch.

function init(args)
  local depth, method, body = tonumber(args[2]), args[3], args[4]
  connections = tonumber(args[1])
  if body then
    wrk.headers["Content-Type"] = "application/json"
  end
  local batch = string.rep(wrk.format(method, nil, nil, body), depth)
  wrk.format = function() return batch end
end

-- `init` runs in the loading thread's own Lua state; `done` runs in the main one and reads that state through this.
local loader

function setup(thread)
  loader = thread
end

-- Latencies as they were measured, slowest first: a list of {microseconds, times}.
--
-- Before `done`, wrk fills in answers that it believes it would have measured, had slow ones not held it up: for each
-- of n microseconds, others of n - e, n - 2e ... while above e, where e is the time a connection has for one answer. It
-- takes each of DEPTH answers for a latency of its own, so a pipelined run drowns in the fill. What was filled in for a
-- latency lies strictly below it: going down from the slowest, every count met is clean of later fill, and its own is
-- taken back.
local function measured(latency, e)
  local times, values = {}, {}
  for i = 1, #latency do
    local value, count = latency(i)
    times[value], values[i] = count, value
  end
  local clean = {}
  for i = #values, 1, -1 do
    local n = values[i]
    local count = times[n]
    if count > 0 then
      clean[#clean + 1] = {n, count}
      if n >= 2 * e then
        local m = n - e
        while m > e do
          if times[m] then times[m] = times[m] - count end
          m = m - e
        end
      end
    end
  end
  return clean
end

local function percentile(clean, share)
  local all, above = 0, 0
  for _, pair in ipairs(clean) do all = all + pair[2] end
  for _, pair in ipairs(clean) do
    above = above + pair[2]
    if above > all * (1 - share) then return pair[1] end
  end
  return 0
end

function done(summary, latency)
  local errors = summary.errors
  local answers_each = math.floor(summary.requests / loader:get("connections"))
  local clean = answers_each > 0 and measured(latency, math.floor(summary.duration / answers_each)) or {}
  print(string.format(
    '{"requests": %d, "seconds": %.6f, "p50_us": %d, "p99_us": %d, "errors": %d}',
    summary.requests, summary.duration / 1e6, percentile(clean, 0.50), percentile(clean, 0.99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
