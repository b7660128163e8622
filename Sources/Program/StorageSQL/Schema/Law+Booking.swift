// Laws of slots, seats, holds and appointments. An appointment is live in the states 1 to 4, and has its seats until
// it is over, in 5 too.
extension Law {
  static let ofBooking = [
    Law(
      "INV-1, INV-2: an appointment has exactly its seats",
      """
      SELECT a.uid FROM appointment a WHERE a.state IN (1,2,3,4,5) AND a.seats <>
        (SELECT COUNT(*) FROM seat s WHERE s.slot_id = a.slot_id AND s.appointment_id = a.uid)
      """
    ),
    Law(
      "a seat is of one appointment that exists and holds it, in its own slot",
      """
      SELECT s.slot_id FROM seat s LEFT JOIN appointment a ON a.uid = s.appointment_id
        WHERE s.appointment_id IS NOT NULL
          AND (a.uid IS NULL OR a.slot_id <> s.slot_id OR a.state NOT IN (1,2,3,4,5))
      """
    ),
    Law(
      "INV-1: a slot has as many seats as it says",
      """
      SELECT s.uid FROM slot s WHERE s.seats <> (SELECT COUNT(*) FROM seat t WHERE t.slot_id = s.uid)
      """
    ),
    Law(
      // One whose time was over when the last event happened may have lost seats to others.
      "a hold in its time has exactly its seats",
      """
      SELECT h.uid FROM hold h WHERE h.state = 1
        AND h.expires_us > (SELECT MAX(time_us) FROM status_event)
        AND h.seats <> (SELECT COUNT(*) FROM seat s WHERE s.slot_id = h.slot_id AND s.hold_id = h.uid)
      """
    ),
    Law(
      "a household is one row per person and one seat each",
      """
      SELECT a.uid FROM appointment a LEFT JOIN (
          SELECT appointment_id, COUNT(*) AS number FROM attendee GROUP BY appointment_id) t
        ON t.appointment_id = a.uid WHERE t.number IS NULL OR t.number <> a.seats
      """
    ),
    Law(
      "an appointment is at its slot's time, at its office and for its service",
      """
      SELECT a.uid FROM appointment a JOIN slot s ON s.uid = a.slot_id
        WHERE a.start_us <> s.start_us OR a.end_us <> s.end_us OR a.office_id <> s.office_id
          OR a.service_id <> s.service_id
      """
    ),
    Law(
      "an appointment's people are of its registration",
      """
      SELECT a.uid FROM attendee x JOIN appointment a ON a.uid = x.appointment_id
        JOIN person p ON p.uid = x.person_id WHERE p.registration_id <> a.registration_id
      """
    ),
    Law(
      "INV-3: nobody attends two live appointments that overlap",
      """
      SELECT a.uid FROM attendee x JOIN appointment a ON a.uid = x.appointment_id
        JOIN slot s ON s.uid = a.slot_id
        JOIN attendee y ON y.person_id = x.person_id AND y.appointment_id > x.appointment_id
        JOIN appointment b ON b.uid = y.appointment_id
        JOIN slot t ON t.uid = b.slot_id
        WHERE a.state IN (1,2,3,4) AND b.state IN (1,2,3,4)
          AND s.start_us < t.end_us AND t.start_us < s.end_us
      """
    ),
    // By people and slots: the appointment's own columns are what the schema's index looks at.
    Law(
      "INV-3: one live appointment per household and service",
      """
      SELECT p.registration_id FROM attendee x JOIN appointment a ON a.uid = x.appointment_id
        JOIN slot s ON s.uid = a.slot_id JOIN person p ON p.uid = x.person_id
        WHERE a.state IN (1,2,3,4)
        GROUP BY p.registration_id, s.service_id HAVING COUNT(DISTINCT a.uid) > 1
      """
    ),
    Law(
      "INV-4: no hold's fence is ahead of its slot's",
      "SELECT h.uid FROM hold h JOIN slot s ON s.uid = h.slot_id WHERE h.fence > s.fence"
    ),
    // By what happened: who was called off has no later no-show, whatever the row says of it.
    Law(
      "INV-13: nobody is a no-show where the appointment was called off",
      """
      SELECT n.uid FROM status_event n JOIN status_event c
        ON c.aggregate = n.aggregate AND c.aggregate_id = n.aggregate_id AND c.version < n.version
        WHERE n.aggregate = 12 AND n.state_after = 9 AND c.state_after IN (6,7,8,11)
      """
    ),
    Law(
      "INV-13: nobody is a no-show where the office was closed",
      """
      SELECT a.uid FROM appointment a JOIN slot s ON s.uid = a.slot_id
        WHERE a.state = 9 AND s.blocked <> 0
      """
    ),
    // A visit that has begun goes on.
    Law(
      "INV-13: nobody is expected where the office is closed",
      """
      SELECT a.uid FROM appointment a JOIN slot s ON s.uid = a.slot_id
        WHERE a.state IN (1,2) AND s.blocked <> 0
      """
    ),
  ]
}
