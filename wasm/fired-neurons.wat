;; Which neurons fire: those of `count` whose pre-activation k.x + b is above zero. A row of keys is `bytes` long, a
;; multiple of 64, padded with zeros; keys, biases and the state x are float32. The dot products are summed in float32,
;; four lanes of four sums, so their last digits are not those of the graph's own product.
(module
  ;; The state lies at its start, the rows behind it; the host made it and grows it.
  (import "rows" "memory" (memory 1))

  ;; Sums the four lanes.
  (func $sum (param $lanes v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $lanes)) (f32x4.extract_lane 1 (local.get $lanes)))
      (f32.add (f32x4.extract_lane 2 (local.get $lanes)) (f32x4.extract_lane 3 (local.get $lanes)))))

  ;; The dot product of two rows. Four sums side by side, so that none waits for the last addition.
  (func $dot (param $key i32) (param $state i32) (param $bytes i32) (result f32)
    (local $end i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $key) (local.get $bytes)))
    (loop $next
      (local.set $a (f32x4.add (local.get $a)
        (f32x4.mul (v128.load (local.get $key)) (v128.load (local.get $state)))))
      (local.set $b (f32x4.add (local.get $b)
        (f32x4.mul (v128.load offset=16 (local.get $key)) (v128.load offset=16 (local.get $state)))))
      (local.set $c (f32x4.add (local.get $c)
        (f32x4.mul (v128.load offset=32 (local.get $key)) (v128.load offset=32 (local.get $state)))))
      (local.set $d (f32x4.add (local.get $d)
        (f32x4.mul (v128.load offset=48 (local.get $key)) (v128.load offset=48 (local.get $state)))))
      (local.set $state (i32.add (local.get $state) (i32.const 64)))
      (br_if $next (i32.lt_u
        (local.tee $key (i32.add (local.get $key) (i32.const 64)))
        (local.get $end))))
    (call $sum (f32x4.add
      (f32x4.add (local.get $a) (local.get $b))
      (f32x4.add (local.get $c) (local.get $d)))))

  ;; Writes the indices of the neurons that fire to `fired`, in order, and returns their number. `keys`,
  ;; `biases`, `state` and `fired` are addresses, the last with room for `count` indices; `count` is at least 1.
  (func (export "fired") (param $keys i32) (param $biases i32) (param $count i32) (param $bytes i32)
    (param $state i32) (param $fired i32) (result i32)
    (local $index i32)
    (local $end i32)
    (local.set $end (local.get $fired))
    (loop $next
      (if (f32.gt
            (f32.add
              (call $dot (local.get $keys) (local.get $state) (local.get $bytes))
              (f32.load (local.get $biases)))
            (f32.const 0))
        (then
          (i32.store (local.get $end) (local.get $index))
          (local.set $end (i32.add (local.get $end) (i32.const 4)))))
      (local.set $keys (i32.add (local.get $keys) (local.get $bytes)))
      (local.set $biases (i32.add (local.get $biases) (i32.const 4)))
      (br_if $next (i32.lt_u
        (local.tee $index (i32.add (local.get $index) (i32.const 1)))
        (local.get $count))))
    (i32.shr_u (i32.sub (local.get $end) (local.get $fired)) (i32.const 2))))
