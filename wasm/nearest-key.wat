;; The search of a codebook: which of `count` keys lies nearest to a query, by squared Euclidean distance. A row is
;; `bytes` long, a multiple of 64, padded with zeros; rows and query are float32. The differences are squared and
;; summed as they are, since |k|^2 - 2 q.k + |q|^2 would lose digits where a key is near, which is where they count.
(module
  ;; The query lies at its start, the keys behind it; the host made it and grows it.
  (import "rows" "memory" (memory 1))

  ;; Sums the four lanes.
  (func $sum (param $lanes v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $lanes)) (f32x4.extract_lane 1 (local.get $lanes)))
      (f32.add (f32x4.extract_lane 2 (local.get $lanes)) (f32x4.extract_lane 3 (local.get $lanes)))))

  ;; Squares of four differences.
  (func $squares (param $key v128) (param $query v128) (result v128)
    (local $difference v128)
    (local.set $difference (f32x4.sub (local.get $key) (local.get $query)))
    (f32x4.mul (local.get $difference) (local.get $difference)))

  ;; The squared distance of two rows. Four sums side by side, so that none waits for the last addition.
  (func $distance (param $key i32) (param $query i32) (param $bytes i32) (result f32)
    (local $end i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $key) (local.get $bytes)))
    (loop $next
      (local.set $a (f32x4.add (local.get $a)
        (call $squares (v128.load (local.get $key)) (v128.load (local.get $query)))))
      (local.set $b (f32x4.add (local.get $b)
        (call $squares (v128.load offset=16 (local.get $key)) (v128.load offset=16 (local.get $query)))))
      (local.set $c (f32x4.add (local.get $c)
        (call $squares (v128.load offset=32 (local.get $key)) (v128.load offset=32 (local.get $query)))))
      (local.set $d (f32x4.add (local.get $d)
        (call $squares (v128.load offset=48 (local.get $key)) (v128.load offset=48 (local.get $query)))))
      (local.set $query (i32.add (local.get $query) (i32.const 64)))
      (br_if $next (i32.lt_u
        (local.tee $key (i32.add (local.get $key) (i32.const 64)))
        (local.get $end))))
    (call $sum (f32x4.add
      (f32x4.add (local.get $a) (local.get $b))
      (f32x4.add (local.get $c) (local.get $d)))))

  ;; The index of the key nearest to the query, the first of those that are equally near. `keys` and `query` are
  ;; addresses; `count` is at least 1.
  (func (export "nearest") (param $keys i32) (param $count i32) (param $bytes i32) (param $query i32) (result i32)
    (local $index i32)
    (local $best i32)
    (local $least f32)
    (local $distance f32)
    (local.set $least (f32.const inf))
    (loop $next
      (local.set $distance (call $distance (local.get $keys) (local.get $query) (local.get $bytes)))
      (if (f32.lt (local.get $distance) (local.get $least))
        (then
          (local.set $least (local.get $distance))
          (local.set $best (local.get $index))))
      (local.set $keys (i32.add (local.get $keys) (local.get $bytes)))
      (br_if $next (i32.lt_u
        (local.tee $index (i32.add (local.get $index) (i32.const 1)))
        (local.get $count))))
    (local.get $best)))
