import Domain

// Laws of windows, registrations and people. A registration is over in the states 5, 11, 12, 13 and 15, and not yet
// handed in in 1.
extension Law {
  static let ofPeople = [
    Law(
      "INV-8: a registration, and everybody in it, counts until it is over",
      """
      SELECT m.person_id FROM member m JOIN registration r ON r.uid = m.registration_id
        WHERE m.live <> CASE WHEN r.state IN (5,11,12,13,15) THEN 0 ELSE 1 END OR r.live <> m.live
      """
    ),
    // A number's digest needs no key to be compared. A household's own people are no duplicates of each other, and of
    // more pairs than one search opens the rest are found when the case goes on. By the number: an index of a
    // programme's registrations would lead from each to all of them, and has no use for what is computed.
    Law(
      "INV-8: who brings a number that somebody else has brought is held, or was found to be another",
      """
      SELECT d.uid FROM document d
        JOIN document e ON e.number_index = d.number_index AND e.person_id > d.person_id
        JOIN person p ON p.uid = d.person_id JOIN registration r ON r.uid = p.registration_id
        JOIN person q ON q.uid = e.person_id JOIN registration t ON t.uid = q.registration_id
        LEFT JOIN duplicate_candidate c ON c.low_id = d.person_id AND c.high_id = e.person_id
        WHERE t.uid <> r.uid AND t.program_id || '' = r.program_id || ''
          AND r.state NOT IN (1,5,11,12,13,15) AND t.state NOT IN (1,5,11,12,13,15)
          AND (c.uid IS NULL OR c.state IN (1,4) AND c.holds = 0)
          AND \(MatchingRule.standard.candidateCountMax) > (SELECT COUNT(*) FROM duplicate_side s
            WHERE s.registration_id = r.uid)
          AND \(MatchingRule.standard.candidateCountMax) > (SELECT COUNT(*) FROM duplicate_side s
            WHERE s.registration_id = t.uid)
      """
    ),
    Law(
      "a possible duplicate is listed with both registrations",
      """
      SELECT c.uid FROM duplicate_candidate c WHERE 2 <> (SELECT COUNT(*) FROM duplicate_side s
          JOIN person p ON p.registration_id = s.registration_id
        WHERE s.candidate_id = c.uid AND p.uid IN (c.low_id, c.high_id))
      """
    ),
    Law(
      "INV-9: a registration's last version has its event",
      """
      SELECT r.uid FROM registration r WHERE NOT EXISTS (SELECT 1 FROM status_event e
        WHERE e.aggregate = 7 AND e.aggregate_id = r.uid AND e.version = r.version)
      """
    ),
    // A draft may be handed in by a later window than the one it was begun in, so the sum is compared, and each window
    // with its own events.
    Law(
      "INV-11: a programme's windows have admitted what was submitted",
      """
      SELECT w.program_id FROM (
          SELECT program_id, SUM(admitted) AS number FROM intake_window GROUP BY program_id) w
        LEFT JOIN (
          SELECT r.program_id, COUNT(*) AS number FROM status_event e
            JOIN registration r ON r.uid = e.aggregate_id
            WHERE e.aggregate = 7 AND e.type = 'Submit' GROUP BY r.program_id) s
          ON s.program_id = w.program_id
        WHERE w.number <> COALESCE(s.number, 0)
      """
    ),
    Law(
      "INV-11: a window has admitted what its events say, within its quota",
      """
      SELECT w.uid FROM intake_window w JOIN (
          SELECT aggregate_id, SUM(CASE WHEN type = 'Admit' THEN 1 ELSE 0 END) AS number
            FROM status_event WHERE aggregate = 2 GROUP BY aggregate_id) e
          ON e.aggregate_id = w.resource_uid
        WHERE w.admitted <> e.number OR e.number > w.quota
      """
    ),
    Law(
      "a person counts in the registration that it is of",
      """
      SELECT p.uid FROM person p LEFT JOIN member m ON m.person_id = p.uid
        WHERE m.person_id IS NULL OR m.registration_id <> p.registration_id
      """
    ),
  ]
}
